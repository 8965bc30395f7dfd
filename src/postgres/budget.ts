/**
 * A signal that aborts with the given one, or with a TimeoutError after so many milliseconds; `dispose` ends the waiting for either. As
 * AbortSignal.any with AbortSignal.timeout, which take Node half a millisecond the first time.
 */
export function createBudget(
  timeoutMs: number,
  given: AbortSignal | undefined,
): { readonly signal: AbortSignal; dispose(): void } {
  const budget = new AbortController();
  const fire = (): void => budget.abort(new DOMException('it took too long', 'TimeoutError'));
  const timer = setTimeout(fire, Math.max(1, Math.ceil(timeoutMs))).unref();
  const abort = (): void => budget.abort(given?.reason);
  if (given?.aborted === true) abort();
  given?.addEventListener('abort', abort, { once: true });
  const dispose = (): void => {
    clearTimeout(timer);
    given?.removeEventListener('abort', abort);
  };
  return { signal: budget.signal, dispose };
}
