import { PostgresNotReadyError } from '../errors.js';
import type { ServerFacts } from './facts.js';
import type { Session } from './session.js';

/** What pg_backend_pid() said: in the session's first query, in another session opened meanwhile, in the first again. */
export interface PidsSeen {
  readonly first: number;
  readonly other: number;
  readonly again: number;
}

/**
 * True where sessions share backends. In session mode each client keeps a backend for itself, so an open neighbour
 * can never be on ours; in transaction mode it gets ours, as poolers hand out the one used last.
 */
export function isPooled(seen: PidsSeen): boolean {
  return seen.other === seen.first || seen.again !== seen.first;
}

/**
 * Throws POOLER_DETECTED behind a pooler in transaction mode. Costs nothing where the backend is the one that the
 * connection began with, that is, without any pooler.
 */
export async function ensureNotPooled(
  session: Session,
  facts: ServerFacts,
  options: { readonly target: string; readonly connect: () => Promise<Session> },
): Promise<void> {
  if (facts.pid === session.backendPid) return;
  const neighbour = await options.connect();
  try {
    const other = await readPid(neighbour);
    const again = await readPid(session);
    if (isPooled({ first: facts.pid, other, again })) {
      throw new PostgresNotReadyError('POOLER_DETECTED', { target: options.target });
    }
  } finally {
    await neighbour.close();
  }
}

async function readPid(session: Session): Promise<number> {
  const [row] = await session.query('select pg_catalog.pg_backend_pid() as pid');
  return Number(row?.['pid']);
}
