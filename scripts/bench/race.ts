import type { Entry, Role } from './result.js';
import { ensureNotStopping } from './stopping.js';
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
 * rejects for a failure of one of them. With `isWaiting` those of a round do it at once: they wait, and are in nobody's way.
 */
export async function race(
  contestants: readonly Contestant[],
  rounds: number,
  { isWaiting = false }: { readonly isWaiting?: boolean } = {},
): Promise<readonly Entry[]> {
  const values = new Map(contestants.map((one) => [one, [] as number[]]));
  const failures = new Map<Contestant, string>();
  const take = async (one: Contestant, round: number): Promise<void> => {
    if (failures.has(one)) return;
    ensureNotStopping();
    try {
      const value = await one.take();
      if (round >= 0) values.get(one)!.push(value);
    } catch (error) {
      failures.set(one, (error as Error).message);
    }
  };
  for (let round = -1; round < rounds; round += 1) {
    const turns = getTurns(contestants, round + 1);
    if (isWaiting) await Promise.all(turns.map((one) => take(one, round)));
    else for (const one of turns) await take(one, round);
  }
  return contestants.map((one) => {
    const failure = failures.get(one);
    const { name, role } = one;
    return failure === undefined
      ? { name, role, values: values.get(one)! }
      : { name, role, values: [], failure };
  });
}
