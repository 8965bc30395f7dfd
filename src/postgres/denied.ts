import { PlinthError } from '../errors.js';
import { ensureWritable, readFacts } from './facts.js';
import type { Session } from './session.js';
import { DISK_FULL, getSqlState, INSUFFICIENT_PRIVILEGE, READ_ONLY_TRANSACTION } from './sqlstate.js';

/** A server's 42501 as PERMISSION_DENIED, saying what was wanted; any other error as it is. */
export async function explainDenied(session: Session, error: unknown, what: string): Promise<unknown> {
  if (getSqlState(error) !== INSUFFICIENT_PRIVILEGE) return error;
  return await createDenied(session, what, (error as Error).message, error);
}

/** What refuses our own writing as errors of their own: no right, no room, no writing at all; any other error as it is. */
export async function explainRefusal(
  session: Session,
  error: unknown,
  { target, what }: { readonly target: string; readonly what: string },
): Promise<unknown> {
  const reason = (error as Error).message;
  switch (getSqlState(error)) {
    case DISK_FULL:
      return new PlinthError('DISK_FULL', { target, what, reason }, { cause: error });
    case READ_ONLY_TRANSACTION:
      // A primary that became a standby meanwhile, or a database that was set so.
      await ensureWritable(session, await readFacts(session), target);
      return error;
    default:
      return await explainDenied(session, error, what);
  }
}

/** PERMISSION_DENIED with the name of the session's user. */
export async function createDenied(
  session: Session,
  what: string,
  reason: string,
  cause?: unknown,
): Promise<PlinthError> {
  const user = await readUser(session).catch(async () => {
    // The transaction that was refused takes no more queries.
    await session.execute('rollback');
    return await readUser(session);
  });
  const context = cause === undefined ? {} : { cause };
  return new PlinthError('PERMISSION_DENIED', { what, user, reason }, context);
}

async function readUser(session: Session): Promise<string> {
  const [row] = await session.query('select current_user as name');
  return String(row?.['name']);
}
