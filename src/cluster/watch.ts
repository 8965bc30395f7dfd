import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.js';
import { ASKS } from './asks.js';
import type { Pod } from './objects.js';
import type { Surroundings } from './surroundings.js';

// Services and API servers are not watched, and a watch may be lost: look again after this.
const LOOK_MS = 1_000;

/** Ends when a pod of these surroundings changed, or after a second; whoever may not watch looks each second. */
export async function waitForChange(
  api: Api,
  surroundings: Surroundings | null,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ended = new AbortController();
  const ending = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const waits: Promise<unknown>[] = [
    sleep(Math.max(1, Math.min(LOOK_MS, timeoutMs)), undefined, { signal: ending }).catch(() => {}),
  ];
  const { resourceVersion, selector, wanted } = surroundings ?? {};
  if (wanted !== undefined && typeof selector === 'string' && resourceVersion) {
    const ask = ASKS.watchPods(wanted.namespace, selector, resourceVersion);
    const watching = api
      .watch<Pod>(ask, () => true, ending)
      .then(
        () => {},
        // Without the right to watch there is still the look each second.
        () => new Promise<void>(() => {}),
      );
    waits.push(watching);
  }
  await Promise.race(waits);
  ended.abort();
}
