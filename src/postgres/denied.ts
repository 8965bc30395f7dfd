import { PlinthError } from '../errors.js';
import type { Session } from './session.js';
import { getSqlState, INSUFFICIENT_PRIVILEGE } from './sqlstate.js';

/** A server's 42501 as PERMISSION_DENIED, saying what was wanted; any other error as it is. */
export async function explainDenied(session: Session, error: unknown, what: string): Promise<unknown> {
  if (getSqlState(error) !== INSUFFICIENT_PRIVILEGE) return error;
  return await createDenied(session, what, (error as Error).message, error);
}

/** PERMISSION_DENIED with the name of the session's user. */
export async function createDenied(
  session: Session,
  what: string,
  reason: string,
  cause?: unknown,
): Promise<PlinthError> {
  const [row] = await session.query('select current_user as name');
  const context = cause === undefined ? {} : { cause };
  return new PlinthError('PERMISSION_DENIED', { what, user: String(row?.['name']), reason }, context);
}
