import { PlinthError } from '../errors.js';
import type { LockHolder, OnEvent } from '../model/event.js';
import { getPause, waitFor } from './delay.js';
import { FACT_COLUMNS, parseFacts, type ServerFacts } from './facts.js';
import {
  getFirstTrySql,
  getLockChannel,
  getTryLockSql,
  getUnlockSql,
  SET_CONNECTION_CHECK,
  TRY_CONNECTION_CHECK,
} from './queries.js';
import type { Row, Session } from './session.js';

export interface LockOptions {
  /** What is locked in this database: the ledger's schema, or another name that no schema has. */
  readonly schema: string;
  /** Budget in milliseconds for getting the lock; 0 = one try. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
}

// Giving the lock back has a budget of its own, so that an aborted run does it, too.
const RELEASE_MS = 2_000;
// A waiter says again whom it waits for.
const REPEAT_MS = 2_000;

/**
 * Runs the work while holding the lock. The lock is tried for, never waited for inside the server: a waiting
 * pg_advisory_lock and CREATE INDEX CONCURRENTLY make a deadlock. Frees it in every case, by ending the session where
 * nothing else helps; an error of the work is never masked.
 */
export async function withLock<T>(
  session: Session,
  options: LockOptions,
  work: (facts: ServerFacts) => Promise<T>,
): Promise<T> {
  const facts = await acquire(session, options);
  let failed = true;
  try {
    const result = await work(facts.isChecking ? facts : await tryChecking(session));
    failed = false;
    return result;
  } finally {
    await release(session, options.schema, failed);
  }
}

async function acquire(session: Session, options: LockOptions): Promise<ServerFacts> {
  const first = `${SET_CONNECTION_CHECK};\n${getFirstTrySql(options.schema)}`;
  const row = (await session.execute(first)).at(-1)!.rows[0]!;
  if (row['locked'] === true) return parseFacts(row);
  const sql = getTryLockSql(options.schema);
  const again = (await session.execute(sql)).at(-1)!.rows[0]!;
  if (again['locked'] === true) return parseFacts(again);
  return await waitForLock(session, options, sql, again);
}

// Not on Linux, or older than PostgreSQL 14.
async function tryChecking(session: Session): Promise<ServerFacts> {
  const answers = await session.execute(`${TRY_CONNECTION_CHECK};\nselect ${FACT_COLUMNS}`);
  return parseFacts(answers.at(-1)!.rows[0]!);
}

async function waitForLock(
  session: Session,
  { schema, timeoutMs, signal, onEvent }: LockOptions,
  sql: string,
  first: Row,
): Promise<ServerFacts> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const channel = getLockChannel(schema);
  let bell = new AbortController();
  const off = session.onNotification((name) => {
    if (name === channel) bell.abort();
  });
  let holder = parseHolder(first);
  let told: { readonly pid: number | undefined; readonly at: number } | null = null;
  try {
    for (let attempt = 0; ; attempt += 1) {
      if (told === null || told.pid !== holder?.pid || elapsed() - told.at >= REPEAT_MS) {
        told = { pid: holder?.pid, at: elapsed() };
        onEvent?.({ type: 'waiting', forWhat: 'lock', holder, elapsedMs: elapsed() });
      }
      const pause = Math.min(getPause(attempt, 50, 400), timeoutMs - elapsed());
      if (pause <= 0) throw createLockTimeout(elapsed(), holder);
      if (attempt > 0) {
        await waitFor(pause, signal === undefined ? bell.signal : AbortSignal.any([signal, bell.signal]));
      }
      if (signal?.aborted === true) throw new PlinthError('ABORTED', { phase: 'waiting for the lock' });
      bell = new AbortController();
      // The first look after LISTEN comes at once: the holder may have left in between.
      const message = attempt === 0 ? `listen ${channel};\n${sql}` : sql;
      const row = (await session.execute(message)).at(-1)!.rows[0]!;
      if (row['locked'] === true) {
        await session.execute(`unlisten ${channel}`);
        return parseFacts(row);
      }
      holder = parseHolder(row) ?? holder;
    }
  } finally {
    off();
  }
}

async function release(session: Session, schema: string, failed: boolean): Promise<void> {
  const unlock = session.execute(`${failed ? 'rollback;\n' : ''}${getUnlockSql(schema)}`).then(
    () => true,
    () => false,
  );
  const budget = new AbortController();
  const done = await Promise.race([unlock, waitFor(RELEASE_MS, budget.signal).then(() => false)]);
  budget.abort();
  if (!done) await session.close();
}

/** Reads the holder out of a row; null where it has none. */
export function parseHolder(row: Row): LockHolder | null {
  if (row['pid'] === null || row['pid'] === undefined) return null;
  return {
    pid: Number(row['pid']),
    applicationName: String(row['application_name'] ?? ''),
    since: String(row['since'] ?? ''),
    state: String(row['state'] ?? ''),
    // Cut at 200 characters, a literal may lack its end: all that follows the word goes.
    query: String(row['query'] ?? '').replace(/\bpassword\b[\s\S]*/i, 'password ***'),
    waitEvent: row['wait_event'] === null ? null : String(row['wait_event']),
  };
}

function createLockTimeout(waitedMs: number, holder: LockHolder | null): PlinthError {
  return new PlinthError('LOCK_TIMEOUT', {
    waitedMs,
    holder: holder === null ? null : renderHolder(holder),
    end: holder === null ? null : `select pg_terminate_backend(${holder.pid});`,
  });
}

/** `plinth/billing/ab12 (pid 4711) since …, active: CREATE INDEX … (waits for Lock:relation)`. */
export function renderHolder(holder: LockHolder): string {
  const name = holder.applicationName === '' ? 'a session without a name' : holder.applicationName;
  const since = holder.since === '' ? '' : ` since ${holder.since}`;
  const query = holder.query === '' ? '' : `: ${holder.query.replace(/\s+/g, ' ')}`;
  const waits = holder.waitEvent === null ? '' : ` (waits for ${holder.waitEvent})`;
  return `${name} (pid ${holder.pid})${since}, ${holder.state || 'state unknown'}${query}${waits}`;
}
