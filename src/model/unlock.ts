import type { LockSession, LockStatus } from './status.js';

/** What became of a lock. */
export interface UnlockResult {
  readonly target: string;
  /** `held`: it was only told. `ended`: the holder's session is gone. */
  readonly outcome: 'free' | 'held' | 'ended';
  /** Who held it when it was looked at; null where nobody did. */
  readonly holder: LockSession | null;
  /** Who holds it and waits for it now. */
  readonly lock: LockStatus;
  /** What ends the holder; null where nobody holds it. */
  readonly sql: string | null;
  /** The same from a shell; null where psql does not reach the server by itself. */
  readonly psql: string | null;
}
