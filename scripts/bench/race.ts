import type { Entry, Role } from './result.js';
import { getTurns } from './turns.js';

/** Somebody who takes part in a measure. */
export interface Contestant {
  readonly name: string;
  readonly role: Role;
  /** Does the work once, looks at what came of it, and gives what only the work took; throws where it failed. */
  take(): Promise<number>;
}

/**
 * Lets all do the work in turns, once to warm up and then in as many rounds. Who fails is out, with the reason. Never
 * rejects for a failure of one of them.
 */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<readonly Entry[]> {
  const values = new Map(contestants.map((one) => [one, [] as number[]]));
  const failures = new Map<Contestant, string>();
  for (let round = -1; round < rounds; round += 1) {
    for (const one of getTurns(contestants, round + 1)) {
      if (failures.has(one)) continue;
      try {
        const value = await one.take();
        if (round >= 0) values.get(one)!.push(value);
      } catch (error) {
        failures.set(one, (error as Error).message);
      }
    }
  }
  return contestants.map((one) => {
    const failure = failures.get(one);
    const { name, role } = one;
    return failure === undefined
      ? { name, role, values: values.get(one)! }
      : { name, role, values: [], failure };
  });
}
