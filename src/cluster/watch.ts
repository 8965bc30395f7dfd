import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Ask } from './api.js';
import { ASKS } from './asks.js';
import type { Pod } from './objects.js';
import type { Surroundings } from './surroundings.js';

// Where there is no watch: without the right to, of what is no pod, or of an API server that is away.
const LOOK_MS = 1_000;
// A watch may be lost without a word, and the service may be mended meanwhile.
const LONG_LOOK_MS = 10_000;

/** Ends when a pod of these surroundings changed; looks again each second where that cannot be watched. */
export async function waitForChange(
  api: Api,
  surroundings: Surroundings | null,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ended = new AbortController();
  const ending = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const pause = (ms: number): Promise<unknown> =>
    sleep(Math.max(1, Math.min(ms, timeoutMs)), undefined, { signal: ending }).catch(() => {});
  const ask = getAsk(surroundings);
  const changed = ask === null ? pause(LOOK_MS) : waitForPod(api, ask, ending, () => pause(LOOK_MS));
  await Promise.race([changed, pause(LONG_LOOK_MS)]);
  ended.abort();
}

function getAsk(surroundings: Surroundings | null): Ask | null {
  if (surroundings === null || surroundings.resourceVersion === '') return null;
  const { resourceVersion, selector, wanted } = surroundings;
  if (wanted.pod !== null) return ASKS.watchPod(wanted.namespace, wanted.pod, resourceVersion);
  return selector === null ? null : ASKS.watchPods(wanted.namespace, selector, resourceVersion);
}

async function waitForPod(
  api: Api,
  ask: Ask,
  ending: AbortSignal,
  pause: () => Promise<unknown>,
): Promise<unknown> {
  let isChanged = false;
  const onChange = (): boolean => {
    isChanged = true;
    return true;
  };
  await api.watch<Pod>(ask, onChange, ending).catch(() => {});
  return isChanged ? undefined : await pause();
}
