import { createStop } from '../apply/stop.js';
import { PlinthError } from '../errors.js';
import { getPause, waitFor } from '../postgres/delay.js';
import { isSessionLost } from '../postgres/lost.js';
import type { Session } from '../postgres/session.js';
import type { Context } from './prepared.js';
import type { Target } from './target.js';

/** What a run does before it holds the lock, in messages. */
export const READING = 'reading the ledger';

/** A session, and what was read on it. */
export interface Read<T> {
  readonly session: Session;
  readonly value: T;
}

export interface Within extends Context {
  /** For everything together. */
  readonly timeoutMs: number;
  /** Ends the opening of a session. Default: the signal, which ends everything. */
  readonly opening?: AbortSignal | undefined;
}

/**
 * Opens a session and runs what only reads on it; on another one where it is lost. Everything shares one budget in
 * milliseconds: a server that answers no more is a TIMEOUT, not a wait without end. The session stays open.
 */
export async function readTarget<T>(
  target: Target,
  { timeoutMs, signal, onEvent, opening = signal }: Within,
  phase: string,
  work: (session: Session) => Promise<T>,
): Promise<Read<T>> {
  const stop = createStop(timeoutMs, signal);
  try {
    for (let attempt = 1; ; attempt += 1) {
      stop.throwIfStopped('connecting');
      const session = await target.open({ timeoutMs: stop.getRemainingMs(), signal: opening });
      try {
        return { session, value: await stop.guard(session, () => work(session)) };
      } catch (error) {
        const isLost = await isSessionLost(error, session);
        await session.close();
        if (stop.reason !== null) throw stop.createError(phase, error);
        if (!isLost) throw error;
        const reason = (error as Error).message;
        const pause = getPause(attempt, 100, 1_000);
        if (pause >= stop.getRemainingMs()) {
          throw new PlinthError('CONNECTION_LOST', { target: target.label, reason }, { cause: error });
        }
        onEvent?.({ type: 'reconnecting', cause: reason, attempt });
        await waitFor(pause, signal);
      }
    }
  } finally {
    stop.dispose();
  }
}

/** As readTarget, and closes the session. */
export async function withTarget<T>(
  target: Target,
  within: Within,
  phase: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { session, value } = await readTarget(target, within, phase, work);
  await session.close();
  return value;
}
