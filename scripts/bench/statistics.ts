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

/** The median of the quotients of each round: what slows a whole round down, slows both. */
export function getRatio(values: readonly number[], others: readonly number[]): number {
  const rounds = Math.min(values.length, others.length);
  return getMedian(Array.from({ length: rounds }, (_, at) => values[at]! / others[at]!));
}
