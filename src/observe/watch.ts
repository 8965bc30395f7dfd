import { getLostIdentifiers } from '../sql/lost.js';
import { getMentions } from '../sql/mentions.js';
import type { QualifiedName } from '../sql/names.js';
import type { ParsedStatement } from '../sql/statements.js';
import { getLostByCode } from './lost-by-code.js';
import { WATCH_DDL, WATCH_DROP } from './probe-sql.js';
import type { CatalogueKey, ResolvedName, WatchedStatement } from './records.js';
import { fetchJson, renderLiteral, type Scratch } from './scratch.js';
import {
  type CommandNotice,
  createTracker,
  type DropNotice,
  getLost,
  readNotices,
  type Tracker,
} from './tracker.js';
import { createLookers, putBack, takeAway } from './unseen.js';

type Mode = 'own' | 'file' | 'outside';
type Counts = readonly (readonly [oid: string, inserted: number, updated: number, deleted: number])[];
type Calls = readonly (readonly [oid: string, calls: number])[];

interface Before {
  readonly resolved: readonly [ResolvedName['kind'], string, string, CatalogueKey][];
  readonly counts: Counts;
  readonly calls: Calls;
}
interface After {
  readonly owners: readonly [CatalogueKey, CatalogueKey][];
  /** Everything that belongs to a touched owner. */
  readonly parts: readonly [CatalogueKey, readonly CatalogueKey[]][];
  /** Indexes and sequences that are new in this transaction. */
  readonly silent: readonly [oid: string, owner: CatalogueKey, type: string, identity: string][];
  readonly deps: readonly [CatalogueKey, CatalogueKey, CatalogueKey, CatalogueKey | null, string][];
  readonly locks: readonly [string, string, CatalogueKey | null, string | null, string | null][];
  readonly counts: Counts;
  readonly calls: readonly [string, number, CatalogueKey | null, string, string][];
  readonly rights: readonly (CatalogueKey | null)[];
  readonly roles: readonly string[];
}
interface Totals {
  readonly counts: Counts;
  readonly calls: Calls;
}

/** Watches statements one after the other in one session. */
export interface Watcher {
  readonly tracker: Tracker;
  /** Runs one statement and tells what it did; throws PostgreSQL's error where it fails. */
  watch(statement: ParsedStatement, mode: Mode): Promise<WatchedStatement>;
  /** The names of a statement as they resolve now; for one that failed. */
  resolve(statement: ParsedStatement): Promise<readonly ResolvedName[]>;
  /** Roles that were made for the history, so that no statement seems to make them. */
  addKnownRoles(roles: readonly string[]): void;
  /** Begins and ends a transaction that a whole file shares. */
  beginFile(): Promise<void>;
  endFile(end: 'commit' | 'rollback'): Promise<void>;
}

export async function createWatcher(scratch: Scratch): Promise<Watcher> {
  const { session } = scratch;
  const tracker = createTracker();
  const commands: CommandNotice[] = [];
  const drops: DropNotice[] = [];
  session.onNotice((notice) => {
    if (notice.code === WATCH_DDL) commands.push(...(JSON.parse(notice.message ?? '[]') as CommandNotice[]));
    if (notice.code === WATCH_DROP) drops.push(...(JSON.parse(notice.message ?? '[]') as DropNotice[]));
  });
  const knownRoles = new Set(
    await fetchJson<string[]>(
      session,
      "select coalesce(json_agg(rolname), '[]') as roles from pg_catalog.pg_roles where oid >= 16384",
      'roles',
    ),
  );
  const lookers = createLookers();
  // Locks of a shared transaction pile up: only new ones belong to the statement.
  let locksOfFile = new Set<string>();
  // Tables whose counts of rows may not be zero; null where those of any may not.
  let counted: readonly string[] | null = null;

  const watch = async (statement: ParsedStatement, mode: Mode): Promise<WatchedStatement> => {
    commands.length = 0;
    drops.length = 0;
    const lostIdentifiers = getLostIdentifiers(statement.kind, statement.node);
    const names = renderNames(
      statement,
      lostIdentifiers.map((l) => ({ ...l.of, kind: l.ofKind })),
    );
    const before = await fetchJson<Before>(
      session,
      `${mode === 'own' ? 'begin; ' : ''}select pg_catalog.plinth_before(${renderLiteral(names)}, ${renderOids(counted)}) as before`,
      'before',
    );
    // One that fails has met rows, too, and nobody counts them.
    counted = null;
    const totalsBefore = mode === 'outside' ? await readTotals(scratch) : null;
    let isAway = false;
    try {
      const putBackUnseen = lookers.isLooking(statement) ? await takeAway(session) : null;
      isAway = putBackUnseen !== null;
      await session.execute(statement.sql, statement.rows === undefined ? [] : [statement.rows.text]);
      if (putBackUnseen !== null) {
        const unseen = await putBackUnseen();
        isAway = false;
        commands.push(...unseen.commands);
        drops.push(...unseen.drops);
      }
      const totalsAfter = mode === 'outside' ? await readTotals(scratch) : null;
      const touchedNow = commands.flatMap((c) =>
        c.class === null || c.oid === null ? [] : [[c.class, c.oid]],
      );
      const withRights =
        statement.kind === 'GrantStmt' || commands.some((c) => /^(GRANT|REVOKE)/.test(c.tag));
      const after = await fetchJson<After>(
        session,
        `select pg_catalog.plinth_after(${renderLiteral(JSON.stringify(touchedNow))}, ${mode !== 'outside'}, ${withRights}) as after${mode === 'own' ? '; commit' : ''}`,
        'after',
      );
      if (mode !== 'outside') counted = [...before.counts, ...after.counts].map(([oid]) => oid);
      const resolved = readResolved(before);
      const { renamed, ...noticed } = readNotices(tracker, commands, drops, new Map(after.owners));
      const calls = readCalls(
        after,
        totalsAfter?.calls ?? after.calls.map(([oid, calls]) => [oid, calls] as const),
        totalsBefore?.calls ?? before.calls,
      );
      const silent = readSilent(tracker, after);
      for (const object of await readMoved(scratch, tracker, after.parts)) noticed.touched.add(object);
      const freshLocks = after.locks.filter(([oid, lockMode]) => {
        if (mode !== 'file') return true;
        const key = `${oid} ${lockMode}`;
        if (locksOfFile.has(key)) return false;
        locksOfFile.add(key);
        return true;
      });
      const createdRoles = after.roles.filter((role) => !knownRoles.has(role));
      for (const role of createdRoles) knownRoles.add(role);
      return {
        resolved,
        ...noticed,
        silent,
        dependencies: readDependencies(tracker, after),
        locks: freshLocks.flatMap(([oid, lockMode, owner, relkind, relname]) => {
          const object = tracker.getOwner(`pg_class:${oid}`) ?? owner;
          return object === null ? [] : [{ object, mode: lockMode.replace(/Lock$/, ''), relkind, relname }];
        }),
        rows: readRows(tracker, totalsAfter?.counts ?? after.counts, totalsBefore?.counts ?? before.counts),
        calls,
        rights: withRights ? after.rights.filter((right) => right !== null) : [],
        createdRoles,
        touched: [...noticed.touched],
        lost: [
          ...getLost(lostIdentifiers, resolved, noticed.drops),
          ...getLostByCode(statement, { renamed, calls, commands: noticed.commands }),
        ],
        mode,
        failed: null,
      };
    } catch (error) {
      if (mode === 'own') await session.execute('rollback').catch(() => undefined);
      else if (mode === 'outside' && isAway) await putBack(session).catch(() => undefined);
      throw error;
    }
  };

  return {
    tracker,
    watch,
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
    addKnownRoles: (roles) => {
      for (const role of roles) knownRoles.add(role);
    },
    beginFile: async () => {
      locksOfFile = new Set();
      await session.execute('begin');
    },
    endFile: async (end) => void (await session.execute(end)),
  };
}

const renderOids = (oids: readonly string[] | null): string =>
  oids === null ? 'null' : renderLiteral(`{${[...new Set(oids)].join(',')}}`);

function readResolved({ resolved }: Before): readonly ResolvedName[] {
  return resolved.map(([kind, schema, name, object]) => ({ kind, schema, name, object }));
}

function renderNames(
  statement: ParsedStatement,
  lost: readonly (QualifiedName & { readonly kind: 'relation' | 'type' | 'function' | 'schema' })[],
): string {
  const mentions = getMentions(statement);
  const pairs = (names: readonly QualifiedName[]) => names.map(({ schema, name }) => [schema, name]);
  const of = (kind: string) => lost.filter((l) => l.kind === kind);
  return JSON.stringify({
    relation: pairs([...mentions.relations, ...of('relation')]),
    type: pairs([...mentions.types, ...of('type')]),
    function: pairs([...mentions.functions, ...of('function')]),
    schema: mentions.schemas.map((name) => ['', name]),
  });
}

// Outside of a transaction the counts of the session are flushed away: totals around it tell the difference (PostgreSQL 15+).
async function readTotals({ session, serverVersion }: Scratch): Promise<Totals | null> {
  if (serverVersion < 150000) return null;
  await session.execute('select pg_catalog.pg_stat_force_next_flush()');
  await session.execute('select 1');
  return fetchJson<Totals>(session, 'select pg_catalog.plinth_totals() as totals', 'totals');
}

/**
 * Notes what belongs to the touched owners now, and tells which tables thereby changed their owner: partitions
 * that were attached or detached.
 */
async function readMoved(
  { session }: Scratch,
  tracker: Tracker,
  parts: After['parts'],
): Promise<readonly CatalogueKey[]> {
  const changes = parts.map(([owner, own]) => tracker.setParts(owner, own));
  const left = changes.flatMap((change) => change.left);
  if (left.length === 0) return changes.flatMap((change) => change.from);
  const owners = await fetchJson<readonly [CatalogueKey, CatalogueKey, string][]>(
    session,
    `select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array('pg_class:' || oid,
       pg_catalog.plinth_owner('pg_catalog.pg_class'::pg_catalog.regclass, oid), relkind)), '[]') as owners
     from pg_catalog.pg_class where 'pg_class:' || oid in (${left.map(renderLiteral).join(', ')})`,
    'owners',
  );
  for (const [part, owner] of owners) tracker.setOwner(part, owner);
  const alone = owners.filter(([part, owner, kind]) => part === owner && (kind === 'r' || kind === 'p'));
  return [...changes.flatMap((change) => change.from), ...alone.map(([part]) => part)];
}

/** What a partition gets of its own is made without a word to event triggers. */
function readSilent(tracker: Tracker, { silent }: After): WatchedStatement['silent'] {
  return silent
    .map(([oid, owner, type, identity]) => ({
      self: `pg_class:${oid}`,
      owner,
      type,
      identity,
      tag: 'CREATE',
    }))
    .filter(({ self }) => tracker.getOwner(self) === undefined);
}

function readDependencies(tracker: Tracker, after: After): WatchedStatement['dependencies'] {
  const byPair = new Map<
    string,
    { object: string; needs: string; via: string; parts: string[]; fresh: boolean }
  >();
  for (const [owner, parts] of after.parts) for (const part of parts) tracker.setOwner(part, owner);
  for (const [object, self, target, needs, via] of after.deps) {
    const fresh = tracker.isFresh(object, `${self}:${target}`);
    if (needs === null) continue;
    const key = `${object}|${needs}`;
    const known = byPair.get(key) ?? { object, needs, via, parts: [], fresh: false };
    byPair.set(key, { ...known, via: known.via || via, fresh: known.fresh || fresh });
    if (fresh && target !== needs) known.parts.push(target);
  }
  return [...byPair.values()];
}

function readRows(tracker: Tracker, now: Counts, base: Counts): WatchedStatement['rows'] {
  const before = new Map(base.map((counts) => [counts[0], counts]));
  return now.flatMap(([oid, inserted, updated, deleted]) => {
    const [, i, u, d] = before.get(oid) ?? [oid, 0, 0, 0];
    const rows = {
      object: tracker.getOwner(`pg_class:${oid}`) ?? `pg_class:${oid}`,
      inserted: Math.max(0, inserted - i),
      updated: Math.max(0, updated - u),
      deleted: Math.max(0, deleted - d),
    };
    return rows.inserted + rows.updated + rows.deleted > 0 ? [rows] : [];
  });
}

function readCalls(after: After, now: Calls, base: Calls): WatchedStatement['calls'] {
  const before = new Map(base);
  const called = new Set(now.filter(([oid, calls]) => calls > (before.get(oid) ?? 0)).map(([oid]) => oid));
  return after.calls.flatMap(([oid, , object, name, source]) =>
    called.has(oid) && object !== null ? [{ object, name, source }] : [],
  );
}
