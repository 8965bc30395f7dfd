import { MAKES_ROLES } from '../postgres/catalogue.js';
import type { ParsedStatement } from '../sql/statements.js';
import { type After, type Before, getOids, readResolved, type Totals } from './answers.js';
import { COUNTED, WATCH_DDL, WATCH_DROP } from './probe-sql.js';
import { createReader, type Mode, type Run } from './reader.js';
import type { ResolvedName, WatchedStatement } from './records.js';
import { createOnce, fetchJson, readJson, renderLiteral, type Scratch } from './scratch.js';
import { type CommandNotice, createTracker, type DropNotice, type Tracker } from './tracker.js';
import { createLookers, putBack, takeAway } from './unseen.js';
import { createWords, renderNames, type Words } from './words.js';

/** What a statement that is watched has to do with those after it. */
export interface Turn {
  /** Called when it ran: the next one may begin, whose first message also asks how this one came out. */
  readonly onRan: () => void;
  /** Settles when all about it is done, also what is tried after an error. */
  done: Promise<unknown>;
}

/** Watches statements one after the other in one session; while the server is busy with one, the answers about the former are worked on. */
export interface Watcher {
  readonly tracker: Tracker;
  /** Runs one statement and tells what it did; throws PostgreSQL's error where it fails. Without a turn, all of it is done before anything else. */
  watch(statement: ParsedStatement, mode: Mode, turn?: Turn | null): Promise<WatchedStatement>;
  /** Has the words of a statement ready before its turn. */
  expect(statement: ParsedStatement): void;
  /** Runs what is not watched, between statements. */
  run(sql: string): Promise<void>;
  /** Resolves when nothing is open about the statements that ran. */
  settle(): Promise<void>;
  /** The names of a statement as they resolve now; for one that failed. */
  resolve(statement: ParsedStatement): Promise<readonly ResolvedName[]>;
  /** Roles that were made for the history, so that no statement seems to make them. */
  addKnownRoles(roles: readonly string[]): void;
  /** Begins and ends a transaction that a whole file shares. */
  beginFile(): Promise<void>;
  endFile(end: 'commit' | 'rollback'): Promise<void>;
}

/** A statement that ran and was not asked about yet. */
interface Owed {
  readonly run: Run;
  readonly turn: Turn;
  readonly resolve: (watched: Promise<WatchedStatement>) => void;
  readonly reject: (error: unknown) => void;
}

// From then on event triggers may say nothing of what moves.
const HUSHES = /\b(?:session_replication_role|event\s+trigger)\b/i;

export async function createWatcher(scratch: Scratch): Promise<Watcher> {
  const { session } = scratch;
  const tracker = createTracker();
  let commands: CommandNotice[] = [];
  let drops: DropNotice[] = [];
  session.onNotice((notice) => {
    if (notice.code === WATCH_DDL) commands.push(...(JSON.parse(notice.message ?? '[]') as CommandNotice[]));
    if (notice.code === WATCH_DROP) drops.push(...(JSON.parse(notice.message ?? '[]') as DropNotice[]));
  });
  const reader = await createReader(scratch, tracker);
  const lookers = createLookers();
  // Tables whose counts of rows may not be zero; null where those of any may not.
  let getCounted: () => readonly string[] | null = () => null;
  let isHushed = false;
  let owed: Owed | null = null;
  // Work on an answer, for when the server is busy.
  let unread: (() => void) | null = null;
  let expected: { readonly statement: ParsedStatement; readonly words: Words } | null = null;

  const readUnread = (): void => {
    const work = unread;
    unread = null;
    work?.();
  };
  const send: Scratch['session']['execute'] = async (sql) => {
    const results = session.execute(sql);
    readUnread();
    return await results;
  };
  /** Asks about the statement that ran, and sends the text in the same message: its own transaction begins when the former's has ended. */
  const ask = async (sql: string): ReturnType<typeof send> => {
    const former = owed!;
    owed = null;
    try {
      const results = await send(`${renderAfter(former.run)}; commit${sql}`);
      const getAfter = createOnce(() => readJson<After>(results, 'after'));
      getCounted = () => getOids(former.run.before, getAfter());
      unread = () => former.resolve(reader.read(former.run, getAfter()));
      return results;
    } catch (error) {
      // What failed after its commit is not its failure.
      if (isPastCommit(error)) throw error;
      await session.execute('rollback').catch(() => undefined);
      getCounted = () => null;
      former.reject(error);
      await former.turn.done;
      return [];
    }
  };
  const settle = async (): Promise<void> => {
    if (owed !== null) await ask('');
    readUnread();
  };
  const getWords = (statement: ParsedStatement): Words => {
    const known = expected;
    expected = null;
    return known?.statement === statement ? known.words : createWords(statement);
  };

  const begin = async (names: string, mode: Mode): ReturnType<typeof send> => {
    const render = (oids: string): string =>
      `${mode === 'own' ? 'begin; ' : ''}select pg_catalog.plinth_before(${names}, ${oids})::text as before`;
    let results = owed === null ? [] : await ask(`; ${render(COUNTED)}`);
    if (results.length === 0) results = await send(render(renderOids(getCounted())));
    // One that fails has met rows, too, and nobody counts them.
    getCounted = () => null;
    return results;
  };

  const perform = async (statement: ParsedStatement, mode: Mode): Promise<Run> => {
    const { names, lostIdentifiers } = getWords(statement);
    const answer = await begin(names, mode);
    [commands, drops] = [[], []];
    const own = { commands, drops };
    const totalsBefore = mode === 'outside' ? await readTotals(scratch) : null;
    isHushed ||= HUSHES.test(statement.sql);
    let isAway = false;
    try {
      const putBackUnseen = lookers.isLooking(statement) ? await takeAway(session) : null;
      isAway = putBackUnseen !== null;
      const running = session.execute(
        statement.sql,
        statement.rows === undefined ? [] : [statement.rows.text],
      );
      const before = readJson<Before>(answer, 'before');
      await running;
      if (putBackUnseen !== null) {
        const unseen = await putBackUnseen();
        isAway = false;
        commands.push(...unseen.commands);
        drops.push(...unseen.drops);
      }
      return {
        ...own,
        statement,
        mode,
        lostIdentifiers,
        before,
        withRights: statement.kind === 'GrantStmt' || commands.some((c) => /^(GRANT|REVOKE)/.test(c.tag)),
        isAlone:
          isHushed ||
          putBackUnseen !== null ||
          MAKES_ROLES.test(statement.sql) ||
          commands.some(({ moves }) => moves === true),
        totals: [totalsBefore, mode === 'outside' ? await readTotals(scratch) : null],
      };
    } catch (error) {
      if (mode === 'own') await session.execute('rollback').catch(() => undefined);
      else if (mode === 'outside' && isAway) await putBack(session).catch(() => undefined);
      throw error;
    }
  };

  const watch: Watcher['watch'] = async (statement, mode, turn) => {
    if (mode !== 'own') await settle();
    const run = await perform(statement, mode);
    if (turn && mode === 'own' && !run.isAlone) {
      return await new Promise((resolve, reject) => {
        owed = { run, turn, resolve, reject };
        turn.onRan();
      });
    }
    try {
      const results = await send(`${renderAfter(run)}${mode === 'own' ? '; commit' : ''}`);
      const after = readJson<After>(results, 'after');
      if (mode !== 'outside') getCounted = () => getOids(run.before, after);
      return await reader.read(run, after);
    } catch (error) {
      if (mode === 'own') await session.execute('rollback').catch(() => undefined);
      throw error;
    }
  };

  return {
    tracker,
    watch,
    expect: (statement) => {
      expected = { statement, words: createWords(statement) };
    },
    run: async (sql) => {
      if (owed !== null) await ask('');
      await send(sql);
    },
    settle,
    resolve: async (statement) => {
      const names = renderLiteral(renderNames(statement, []));
      return readResolved(
        await fetchJson<Before>(
          session,
          `select pg_catalog.plinth_before(${names}, '{}') as before`,
          'before',
        ),
      );
    },
    addKnownRoles: reader.addKnownRoles,
    beginFile: async () => {
      await settle();
      reader.startFile();
      await session.execute('begin');
    },
    endFile: async (end) => void (await session.execute(end)),
  };
}

// The first two commands of the message are the question and the commit.
const isPastCommit = (error: unknown): boolean => ((error as { completed?: number }).completed ?? 0) >= 2;

const renderOids = (oids: readonly string[] | null): string =>
  oids === null ? 'null' : renderLiteral(`{${[...new Set(oids)].join(',')}}`);

function renderAfter({ commands, before, mode, withRights }: Run): string {
  const touched = commands.flatMap((c) => (c.class === null || c.oid === null ? [] : [[c.class, c.oid]]));
  const counted = renderOids(before.counts.map(([oid]) => oid));
  return `select pg_catalog.plinth_after(${renderLiteral(JSON.stringify(touched))}, ${mode !== 'outside'}, ${withRights}, ${counted})::text as after`;
}

// Outside of a transaction the counts of the session are flushed away: totals around it tell the difference (PostgreSQL 15+).
async function readTotals({ session, serverVersion }: Scratch): Promise<Totals | null> {
  if (serverVersion < 150000) return null;
  await session.execute('select pg_catalog.pg_stat_force_next_flush()');
  await session.execute('select 1');
  return fetchJson<Totals>(session, 'select pg_catalog.plinth_totals() as totals', 'totals');
}
