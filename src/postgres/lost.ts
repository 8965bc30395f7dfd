import { isPlinthError } from '../errors.js';
import { waitFor } from './delay.js';
import type { Session } from './session.js';
import { getSqlState, SESSION_ENDED } from './sqlstate.js';

// An error of the connection comes before the connection is seen to end.
const SEEN_MS = 500;

/** Whether an error means that the session is gone: another one may go on. */
export async function isSessionLost(error: unknown, session: Session): Promise<boolean> {
  if (isPlinthError(error)) return false;
  const state = getSqlState(error);
  if (state !== null && SESSION_ENDED.has(state)) return true;
  // Class 08 is of the connection; a pooler says it before it hangs up.
  if (state !== null && !state.startsWith('08')) return false;
  const budget = new AbortController();
  const seen = waitFor(SEEN_MS, budget.signal).then(() => false);
  const lost = await Promise.race([session.closed.then(() => true), seen]);
  budget.abort();
  return lost;
}
