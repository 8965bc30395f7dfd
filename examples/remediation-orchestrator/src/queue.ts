import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Names to be worked on, each by one worker at a time, and again until its work says that it is done. */
export interface Queue {
  add(name: string): void;
  /** Takes nothing more, and waits for what goes on. */
  stop(): Promise<void>;
}

/** A queue; work that fails is told and tried again, later and later. */
export function createQueue(work: (name: string) => Promise<boolean>, log: (line: string) => void): Queue {
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const stopping = new AbortController();
  const run = async (name: string): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      again.delete(name);
      try {
        if (!(await work(name)) && !again.has(name)) return;
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        log(
          `${name}: ${(error as Error).message || (error as NodeJS.ErrnoException).code}; again in ${pause} ms`,
        );
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {});
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  };
  return {
    add(name) {
      if (stopping.signal.aborted) return;
      again.add(name);
      if (!running.has(name))
        running.set(
          name,
          run(name).finally(() => running.delete(name)),
        );
    },
    async stop() {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}
