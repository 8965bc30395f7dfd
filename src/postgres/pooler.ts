import { PostgresNotReadyError } from '../errors.js';
import { waitFor } from './delay.js';
import type { ServerFacts } from './facts.js';
import type { Session } from './session.js';
import { isServerError } from './sqlstate.js';

/** What pg_backend_pid() said, again and again, in a session and in another one that was opened meanwhile. */
export interface PidsSeen {
  readonly own: readonly number[];
  /** Empty where the other session got no answer while this one got many: it waits for a backend that is ours. */
  readonly other: readonly number[];
}

/**
 * True where sessions share backends. In session mode each client keeps a backend for itself, so an open neighbour
 * can never be on ours; in transaction mode it gets ours, as poolers hand out the one used last, or, where they go
 * round, we ourselves get another one.
 */
export function isPooled({ own, other }: PidsSeen): boolean {
  return new Set(own).size > 1 || other.some((pid) => own.includes(pid));
}

// A pool of one backend in session mode has none for a neighbour. In transaction mode those that wait are served in
// their order: a neighbour that asked before us is answered before us.
const TRIES = 20;
const PAUSE_MS = 50;
// One after the other, so that neither is in the other's way: a backend that is in use is not handed out.
const ROUNDS = 3;

/**
 * Throws POOLER_DETECTED behind a pooler in transaction or statement mode. Costs nothing where the backend is the one
 * that the connection began with, that is, without any pooler.
 */
export async function ensureNotPooled(
  session: Session,
  facts: ServerFacts,
  options: { readonly target: string; readonly connect: () => Promise<Session> },
): Promise<void> {
  if (facts.pid === session.backendPid) return;
  const neighbour = await options.connect();
  try {
    if (!isPooled(await readPids(session, neighbour, facts.pid))) return;
    const mode = (await takesTransactions(neighbour)) ? 'transaction' : 'statement';
    throw new PostgresNotReadyError('POOLER_DETECTED', { target: options.target, mode });
  } finally {
    await neighbour.close();
  }
}

async function readPids(session: Session, neighbour: Session, first: number): Promise<PidsSeen> {
  const own = [first];
  const other: number[] = [];
  const asked = readPid(neighbour).then((pid) => void other.push(pid));
  // It fails where the session is closed before an answer came.
  asked.catch(() => {});
  for (let attempt = 0; attempt < TRIES && other.length === 0; attempt += 1) {
    await Promise.race([asked, waitFor(PAUSE_MS)]);
    own.push(await readPid(session));
  }
  for (let round = 0; round < ROUNDS && other.length > 0; round += 1) {
    own.push(await readPid(session), await readPid(session));
    other.push(await readPid(neighbour));
  }
  return { own, other };
}

async function readPid(session: Session): Promise<number> {
  const [row] = await session.query('select pg_catalog.pg_backend_pid() as pid');
  return Number(row?.['pid']);
}

// In statement mode a pooler ends the connection of whoever begins a transaction.
async function takesTransactions(session: Session): Promise<boolean> {
  try {
    await session.execute('begin');
    await session.execute('rollback');
    return true;
  } catch (error) {
    if (isServerError(error)) return false;
    throw error;
  }
}
