import type { History, TransactionRule } from '../model/history.js';
import { RELAX_COMMITS } from '../postgres/queries.js';
import { renderIdentifier } from '../postgres/quote.js';
import { isOutOfResources, SESSION_ENDED } from '../postgres/sqlstate.js';
import { type FailureSpot, getFailureSpots } from '../sql/failure-spots.js';
import { createPositions } from '../sql/position.js';
import type { ParsedStatement } from '../sql/statements.js';
import { getRoles, isOutsideTransaction, isTransactionBound, isTransactionSetting } from '../sql/traits.js';
import { NOTHING_WATCHED, type WatchedStatement } from './records.js';
import type { Scratch } from './scratch.js';
import { createRoleSearch } from './sought-roles.js';
import type { Turn, Watcher } from './watch.js';

export interface RunHistoryOptions {
  readonly history: History;
  readonly statements: readonly ParsedStatement[];
  readonly scratch: Scratch;
  readonly watcher: Watcher;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number) => void;
  /** Makes a role that a statement names and nobody made; remembers it for the clean-up. */
  readonly createRole: (role: string) => Promise<boolean>;
  /** Called for each role that a statement made. */
  readonly adoptRole: (role: string) => Promise<void>;
}

// active_sql_transaction, invalid_transaction_termination (a procedure that commits), feature_not_supported:
// what PostgreSQL answers to statements that refuse a transaction block.
const REFUSES_TRANSACTION = new Set(['25001', '2D000', '0A000']);
const UNDEFINED_OBJECT = '42704';
const DUPLICATE_OBJECT = '42710';

/**
 * Runs a history once on the scratch database and watches each statement. Each has a transaction of its own; a file,
 * or a block of one, is one transaction only where it must be, and one that fails is tried again statement by statement.
 */
export async function runHistory(options: RunHistoryOptions): Promise<readonly WatchedStatement[]> {
  const { history, statements, scratch, watcher } = options;
  const watched: Promise<WatchedStatement>[] = [];
  const getSoughtRoles = createRoleSearch(statements);
  let done = 0;
  const finish = async (statement: ParsedStatement, one: WatchedStatement): Promise<WatchedStatement> => {
    await adoptRoles(statement, one, options);
    done += 1;
    options.onProgress(done);
    return one;
  };
  for (const migration of history.migrations) {
    const own = statements.filter((statement) => statement.migration === migration.ordinal);
    if (own.length === 0) continue;
    await watcher.run(renderCleanSession(scratch));
    for (const group of getGroups(own, migration.transaction)) {
      const together = group.some(isTransactionBound)
        ? await watchTogether(group, options, watched.length)
        : null;
      if (together !== null) {
        for (const [at, one] of together.entries()) watched.push(finish(group[at]!, one));
        await Promise.all(watched.slice(-group.length));
        continue;
      }
      for (const statement of group) {
        options.signal?.throwIfAborted();
        const turn = createTurn();
        const task = watchWithRoles(statement, getSoughtRoles(statement), turn, options).then((one) =>
          finish(statement, one),
        );
        turn.done = task;
        watched.push(task);
        // Told at the end, by Promise.all: the statements after it may be on their way by then.
        task.catch(() => undefined);
        const next = statements[statement.ordinal + 1];
        if (next !== undefined) watcher.expect(next);
        await Promise.race([task, turn.ran]);
      }
    }
  }
  await watcher.settle();
  return await Promise.all(watched);
}

interface RunningTurn extends Turn {
  /** Resolves when the next statement may begin. */
  readonly ran: Promise<void>;
}

function createTurn(): RunningTurn {
  let onRan = (): void => {};
  const ran = new Promise<void>((resolve) => {
    onRan = resolve;
  });
  return { onRan, ran, done: ran };
}

/** Tells of the roles that a statement made; one that it does not name may be another user's of the same server. */
async function adoptRoles(
  { sql }: ParsedStatement,
  { createdRoles, calls }: WatchedStatement,
  { adoptRole }: RunHistoryOptions,
): Promise<void> {
  const texts = [sql, ...calls.map(({ source }) => source)];
  for (const role of createdRoles) if (texts.some((text) => text.includes(role))) await adoptRole(role);
}

/** What of a migration is one transaction: all of it, or each of its own blocks. */
function getGroups(
  own: readonly ParsedStatement[],
  transaction: TransactionRule,
): readonly (readonly ParsedStatement[])[] {
  if (transaction === 'each') return [own];
  const groups: ParsedStatement[][] = [];
  for (const statement of own) {
    const last = groups.at(-1);
    if (last !== undefined && statement.block !== undefined && last[0]!.block === statement.block) {
      last.push(statement);
    } else groups.push([statement]);
  }
  return groups;
}

/** What makes the session as new: histories leave settings, roles and temporary tables behind. */
function renderCleanSession({ settings }: Scratch): string {
  return [
    'reset session authorization',
    'reset all',
    'discard temp',
    "set track_functions = 'all'",
    // A superuser's scratch server must not hang on a history that waits for itself.
    "set lock_timeout = '60s'",
    // Nothing of it must outlive the watching.
    RELAX_COMMITS,
    ...(settings === '' ? [] : [settings]),
  ].join('; ');
}

async function watchTogether(
  own: readonly ParsedStatement[],
  options: RunHistoryOptions,
  done: number,
): Promise<WatchedStatement[] | null> {
  const { watcher } = options;
  const watched: WatchedStatement[] = [];
  await watcher.beginFile();
  try {
    for (const statement of own) {
      options.signal?.throwIfAborted();
      watched.push(
        isTransactionSetting(statement) ? NOTHING_WATCHED : await watcher.watch(statement, 'file'),
      );
      options.onProgress(done + watched.length);
    }
    await watcher.endFile('commit');
    return watched;
  } catch (error) {
    await watcher.endFile('rollback').catch(() => undefined);
    options.signal?.throwIfAborted();
    if (!isServerError(error)) throw error;
    return null;
  }
}

/** What is done only where a role is there is to be seen, because the target may have it; but it need not work here. */
async function watchWithRoles(
  statement: ParsedStatement,
  sought: readonly string[],
  turn: Turn,
  options: RunHistoryOptions,
): Promise<WatchedStatement> {
  if (sought.length === 0) return await watchAlone(statement, turn, options);
  const { watcher } = options;
  // The statement before may have made one, and not have committed yet.
  await watcher.settle();
  const made = await createRoles(sought, options);
  watcher.addKnownRoles(made);
  const watched = await watchAlone(statement, null, options);
  if (watched.failed === null || made.length === 0) return watched;
  const names = made.map(renderIdentifier).join(', ');
  await options.scratch.session.execute(`drop role if exists ${names}`).catch(() => undefined);
  return await watchAlone(statement, null, options);
}

async function watchAlone(
  statement: ParsedStatement,
  turn: Turn | null,
  options: RunHistoryOptions,
): Promise<WatchedStatement> {
  if (isTransactionSetting(statement) || statement.kind === 'DiscardStmt') return NOTHING_WATCHED;
  const { watcher } = options;
  let mode: 'own' | 'outside' = isOutsideTransaction(statement) ? 'outside' : 'own';
  let madeRoles = false;
  // Whoever tries again does so while all others wait.
  for (let first = turn; ; first = null) {
    try {
      return await watcher.watch(statement, mode, first);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isServerError(error) || isOutOfResources(error) || SESSION_ENDED.has(error.code)) throw error;
      if (error.code === UNDEFINED_OBJECT && !madeRoles) {
        madeRoles = true;
        const named = getRoles(statement).slice(statement.kind === 'CreateRoleStmt' ? 1 : 0);
        const made = await createRoles(named, options);
        watcher.addKnownRoles(made);
        if (made.length > 0) continue;
      }
      // A role outlives databases: one that is there already is part of the surroundings.
      if (statement.kind === 'CreateRoleStmt' && error.code === DUPLICATE_OBJECT) return NOTHING_WATCHED;
      if (mode === 'own' && REFUSES_TRANSACTION.has(error.code)) {
        mode = 'outside';
        continue;
      }
      const resolved = await watcher.resolve(statement);
      return { ...NOTHING_WATCHED, resolved, failed: getFailed(statement, error, options) };
    }
  }
}

/** Makes the roles that are not there; tells which ones that were. */
async function createRoles(
  roles: readonly string[],
  { createRole }: RunHistoryOptions,
): Promise<readonly string[]> {
  const made = await Promise.all(roles.map(async (role) => ((await createRole(role)) ? [role] : [])));
  return made.flat();
}

function getFailed(
  statement: ParsedStatement,
  error: ScratchError,
  { statements }: RunHistoryOptions,
): Exclude<WatchedStatement['failed'], null> {
  const { position, where, internalQuery, internalPosition } = error;
  const failure = {
    offset:
      position === undefined
        ? null
        : createPositions(statement.sql).getOffsetOfCharacter(Number(position) - 1),
    where,
    internalQuery,
    internalPosition,
  };
  const { spots } = getFailureSpots(statements, statement, failure);
  const at = spots.map(({ statement: { ordinal }, offset, within }) => [ordinal, offset, within] as const);
  return { sqlstate: error.code, message: error.message, ...(hasMore(spots) ? { at } : {}) };
}

// The statement's own beginning needs no telling.
const hasMore = (spots: readonly FailureSpot[]): boolean => spots.length > 1 || spots[0]!.offset > 0;

/** As much of a server's error as finding its place needs. */
interface ScratchError {
  readonly code: string;
  readonly message: string;
  readonly position?: string;
  readonly where?: string;
  readonly internalQuery?: string;
  readonly internalPosition?: string;
}

function isServerError(error: unknown): error is ScratchError {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object);
}
