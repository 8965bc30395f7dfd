import { isPlinthError } from '../errors.js';
import type { Session } from '../postgres/session.js';

const MAINTENANCE = 'postgres';
// It is not there, or not for this user (pg_hba.conf, CONNECT).
const ELSEWHERE: ReadonlySet<string> = new Set([
  'DATABASE_MISSING',
  'AUTHENTICATION_FAILED',
  'PERMISSION_DENIED',
]);

/**
 * A session with the database `postgres`, so that all projects on a server meet and nobody is kept from dropping a database
 * of theirs; where it may not be entered, with the one that the target names.
 */
export async function openMaintenance(
  own: string,
  open: (database: string) => Promise<Session>,
): Promise<Session> {
  try {
    return await open(MAINTENANCE);
  } catch (error) {
    if (own === MAINTENANCE || !isPlinthError(error) || !ELSEWHERE.has(error.code)) throw error;
    return await open(own);
  }
}
