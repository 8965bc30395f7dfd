import { PlinthError } from '../errors.js';
import { waitFor } from '../postgres/delay.js';
import type { Session } from '../postgres/session.js';

/** Why a run is to end early, and how much of its budget is left. */
export interface Stop {
  readonly reason: 'aborted' | 'timeout' | null;
  /** Milliseconds, at least 0. */
  getRemainingMs(): number;
  /** Throws ABORTED or TIMEOUT where the run is to end. */
  throwIfStopped(phase: string): void;
  createError(phase: string, cause?: unknown): PlinthError;
  /** Runs a query; where the run is to end meanwhile, cancels it on the server, or drops the session. */
  guard<T>(session: Session, query: () => Promise<T>): Promise<T>;
  /** Drops the session where it is still in use a while after the run is to end: the server answers no more. Returns what ends the watch. */
  watch(session: Session): () => void;
  /** Call it once, at the end. */
  dispose(): void;
}

// Again and again, because a cancel that comes between two statements does nothing.
const CANCEL_EVERY_MS = 250;
const DROP_AFTER_MS = 2_000;
// After what cancelling, rolling back and unlocking may take.
const DROP_UNANSWERED_MS = 6_000;

/** One total budget from now on, together with the caller's signal. */
export function createStop(timeoutMs: number, signal: AbortSignal | undefined): Stop {
  const start = performance.now();
  const getRemainingMs = (): number => Math.max(0, timeoutMs - (performance.now() - start));
  const fired = new AbortController();
  const fire = (): void => fired.abort();
  const timer = setTimeout(fire, Math.min(timeoutMs, 2 ** 31 - 1));
  if (signal?.aborted === true) fire();
  signal?.addEventListener('abort', fire, { once: true });
  const getReason = (): Stop['reason'] => {
    if (signal?.aborted === true) return 'aborted';
    return fired.signal.aborted ? 'timeout' : null;
  };
  const createError = (phase: string, cause?: unknown): PlinthError => {
    const context = cause === undefined ? {} : { cause };
    if (getReason() === 'aborted') return new PlinthError('ABORTED', { phase }, context);
    return new PlinthError('TIMEOUT', { phase, budgetMs: timeoutMs }, context);
  };
  return {
    get reason() {
      return getReason();
    },
    getRemainingMs,
    createError,
    throwIfStopped(phase) {
      if (fired.signal.aborted) throw createError(phase);
    },
    async guard(session, query) {
      // Made only where it is needed: to abort one for each query makes an error with its stack each time.
      const cancelling: { readonly ended: AbortController; readonly done: Promise<void> }[] = [];
      const onStop = (): void => {
        const ended = new AbortController();
        cancelling.push({ ended, done: endQuery(session, ended.signal) });
      };
      fired.signal.addEventListener('abort', onStop, { once: true });
      if (fired.signal.aborted) onStop();
      try {
        return await query();
      } finally {
        fired.signal.removeEventListener('abort', onStop);
        for (const { ended, done } of cancelling) {
          ended.abort();
          // A cancel under way must not hit what comes next.
          await done;
        }
      }
    },
    watch(session) {
      let dropping: NodeJS.Timeout | undefined;
      const onStop = (): void => {
        dropping = setTimeout(() => void session.close(), DROP_UNANSWERED_MS);
      };
      fired.signal.addEventListener('abort', onStop, { once: true });
      if (fired.signal.aborted) onStop();
      return () => {
        fired.signal.removeEventListener('abort', onStop);
        clearTimeout(dropping);
      };
    },
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', fire);
    },
  };
}

async function endQuery(session: Session, ended: AbortSignal): Promise<void> {
  const start = performance.now();
  while (!ended.aborted) {
    if (performance.now() - start > DROP_AFTER_MS) return await session.close();
    await session.cancel();
    await waitFor(CANCEL_EVERY_MS, ended);
  }
}
