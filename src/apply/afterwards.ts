import type { Session } from '../postgres/session.js';
import { getSqlState, isServerError, MADE_MEANWHILE } from '../postgres/sqlstate.js';
import { createFailedError } from './failure.js';

const DEADLOCK_DETECTED = '40P01';
const TRIES = 5;

/** Runs SQL that is to hold at the end of every call; again where another one made the same at the same time. */
export async function runAfterwards(session: Session, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return void (await session.execute(sql));
    } catch (error) {
      const state = getSqlState(error) ?? '';
      const isWorthAnother = MADE_MEANWHILE.has(state) || state === DEADLOCK_DETECTED;
      if (isWorthAnother && attempt < TRIES) continue;
      if (!isServerError(error)) throw error;
      const about = { migration: 'afterwards', reason: error.message, advice: null };
      throw createFailedError(about, { places: [], built: null }, error);
    }
  }
}
