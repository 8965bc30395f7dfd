import { closest, distance } from 'fastest-levenshtein';

/** The known name that was probably meant, or null where none differs by `most` letters or less. */
export function getNearest(
  name: string,
  known: readonly string[],
  most = Math.max(2, name.length / 3),
): string | null {
  if (known.length === 0 || name === '') return null;
  const lower = name.toLowerCase();
  const nearest = closest(
    lower,
    known.map((item) => item.toLowerCase()),
  );
  if (distance(lower, nearest) > most) return null;
  return known.find((item) => item.toLowerCase() === nearest)!;
}

/** `; did you mean NAME?`, or nothing where no known name is near. */
export function renderSuggestion(name: string, known: readonly string[]): string {
  const nearest = getNearest(name, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}
