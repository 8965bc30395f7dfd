import { findEntry, getEntryRatio, getReferences } from './compared.js';
import type { BenchResult, Entry, Measurement } from './result.js';

/** A ratio in two runs. */
export interface RatioPair {
  readonly measurement: string;
  readonly entry: string;
  readonly reference: string;
  readonly isOwn: boolean;
  readonly first: number;
  readonly second: number;
  readonly agrees: boolean;
}

/** How far two runs agree. */
export interface Comparison {
  /** Of the earlier run. */
  readonly date: string;
  readonly pairs: readonly RatioPair[];
  /** Plinth's ratios. */
  readonly own: number;
  readonly ownAgreeing: number;
  readonly all: number;
  readonly agreeing: number;
}

/** Ratios agree where neither is more than so many times the other. */
const TOLERANCE = 1.2;

/** Compares the ratios of all that both runs measured: to the best peer of the first, and to the floor. */
export function compareResults(first: BenchResult, second: BenchResult): Comparison {
  const pairs = first.measurements.flatMap((one) => {
    const other = second.measurements.find(({ id }) => id === one.id);
    return other === undefined ? [] : getPairs(one, other);
  });
  const own = pairs.filter(({ isOwn }) => isOwn);
  const count = (some: readonly RatioPair[]): number => some.filter(({ agrees }) => agrees).length;
  return {
    date: first.environment.date,
    pairs,
    own: own.length,
    ownAgreeing: count(own),
    all: pairs.length,
    agreeing: count(pairs),
  };
}

function getPairs(first: Measurement, second: Measurement): readonly RatioPair[] {
  return getReferences(first).flatMap((reference) =>
    first.entries
      .filter((entry) => entry !== reference)
      .flatMap((entry) => getPair(first, second, entry, reference)),
  );
}

function getPair(
  first: Measurement,
  second: Measurement,
  entry: Entry,
  reference: Entry,
): readonly RatioPair[] {
  const before = getEntryRatio(first, entry, reference);
  const after = getEntryRatio(second, findEntry(second, entry.name), findEntry(second, reference.name));
  if (before === null || after === null) return [];
  const agrees = Math.max(before / after, after / before) <= TOLERANCE;
  const names = { measurement: first.id, entry: entry.name, reference: reference.name };
  return [{ ...names, isOwn: entry.role === 'plinth', first: before, second: after, agrees }];
}

/** What does not agree, and how many do. */
export function renderComparison({ pairs, own, ownAgreeing, all, agreeing }: Comparison): string {
  const apart = pairs
    .filter(({ agrees }) => !agrees)
    .map(
      ({ measurement, entry, reference, first, second }) =>
        `  ${measurement}: ${entry} to ${reference}: ${first.toFixed(2)}× and ${second.toFixed(2)}×`,
    );
  return [
    ...(apart.length === 0 ? [] : ['More than 20 % apart:', ...apart]),
    `Within 20 %: ${ownAgreeing} of ${own} ratios of Plinth, ${agreeing} of ${all} in all.`,
  ].join('\n');
}
