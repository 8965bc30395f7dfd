import { isSettled } from './compared.js';
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

/** How often all do the work. */
export interface Rounds {
  readonly least: number;
  /** Where the ratios are not known well enough before. */
  readonly most: number;
}

/** Rounds go on until the confidence interval of each ratio is no wider: two runs then hardly ever differ by a fifth. */
export const WELL_KNOWN = 1.15;

/**
 * Lets all do the work in turns, once to warm up and then in as many rounds as it takes. Who fails is out, with the reason. Never
 * rejects for a failure of one of them. With `isWaiting` those of a round do it at once: they wait, and are in nobody's way.
 */
export async function race(
  contestants: readonly Contestant[],
  { least, most }: Rounds,
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
  const getEntries = (): readonly Entry[] =>
    contestants.map((one) => {
      const failure = failures.get(one);
      const { name, role } = one;
      return failure === undefined
        ? { name, role, values: values.get(one)! }
        : { name, role, values: [], failure };
    });
  for (let round = -1; round < most; round += 1) {
    if (round >= least && isSettled(getEntries(), WELL_KNOWN)) break;
    const turns = getTurns(contestants, round + 1);
    if (isWaiting) await Promise.all(turns.map((one) => take(one, round)));
    else for (const one of turns) await take(one, round);
  }
  return getEntries();
}
