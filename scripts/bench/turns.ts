/** Who takes part, in the order of a round: each round begins with another, so that nobody is always after the same one. */
export function getTurns<T>(all: readonly T[], round: number): readonly T[] {
  const first = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
