export const getSorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function getMedian(values: readonly number[]): number {
  const sorted = getSorted(values);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The least value that is not below `part` of all (nearest rank); NaN of none. */
export function getPercentile(values: readonly number[], part: number): number {
  const sorted = getSorted(values);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** The quotients of each round: what slows a whole round down, slows both. */
export function getQuotients(values: readonly number[], others: readonly number[]): readonly number[] {
  const rounds = Math.min(values.length, others.length);
  return Array.from({ length: rounds }, (_, at) => values[at]! / others[at]!);
}

/** The median of the quotients. */
export const getRatio = (values: readonly number[], others: readonly number[]): number =>
  getMedian(getQuotients(values, others));

/**
 * How many times the lower end of the median's 95 % confidence interval the upper end is; Infinity where there are too few values for one.
 * By order statistics, which asks nothing of how they are distributed: https://en.wikipedia.org/wiki/Median#Confidence_intervals_for_the_median
 */
export function getSpread(values: readonly number[]): number {
  const left = getRankOutside(values.length);
  if (left === 0) return Number.POSITIVE_INFINITY;
  const sorted = getSorted(values);
  return sorted[values.length - left]! / sorted[left - 1]!;
}

/** The largest rank below which the median lies in at most 2.5 % of all samples of this size; 0 where there is none. */
function getRankOutside(count: number): number {
  let rank = 0;
  let probability = 0.5 ** count;
  let below = probability;
  while (below <= 0.025) {
    rank += 1;
    probability *= (count - rank + 1) / rank;
    below += probability;
  }
  return rank;
}
