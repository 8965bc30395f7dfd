import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for some milliseconds, or until the signal fires; never throws. */
export async function waitFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(Math.max(0, milliseconds), undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

/** The next pause of a poll: grows by half, and is spread by a quarter either way so that pollers do not march in step. */
export function getPause(attempt: number, firstMs: number, lastMs: number): number {
  return Math.min(lastMs, firstMs * 1.5 ** attempt) * (0.75 + Math.random() / 2);
}
