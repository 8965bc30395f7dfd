import fc from 'fast-check';
import type { Numbers } from './build.js';
import type { Checked } from './check.js';

type Operations = readonly (Numbers | null)[];

/** Operations as numbers; what fails shrinks by leaving operations out. */
function arbitraryOperations(most: number): fc.Arbitrary<Operations> {
  const numbers = fc.noShrink(fc.array(fc.nat(65_535), { minLength: 24, maxLength: 24, size: 'max' }));
  return fc.array(fc.option(numbers, { freq: 1_000 }), { maxLength: most, size: 'max' });
}

const MOST = 60;

/** The operations that a seed stands for, `most` at most. */
export function getOperations(seed: number, most = MOST): Operations {
  return fc.sample(arbitraryOperations(most), { seed, numRuns: 1, unbiased: true })[0]!;
}

/** Leaves operations out of what failed until less does not fail any more, or the time is over. */
export async function findSmallest(
  seed: number,
  failed: Checked,
  check: (operations: Operations) => Promise<Checked>,
  forMs: number,
): Promise<Checked> {
  let smallest = failed;
  const end = performance.now() + forMs;
  const property = fc.asyncProperty(arbitraryOperations(MOST), async (operations) => {
    if (performance.now() > end) return;
    const checked = await check(operations);
    if (checked.wrong.length === 0) return;
    if (checked.built.statements <= smallest.built.statements) smallest = checked;
    throw new Error('still wrong');
  });
  await fc.check(property, { seed, numRuns: 1, unbiased: true });
  return smallest;
}
