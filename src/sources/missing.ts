import { PlinthError } from '../errors.js';
import type { MissingPlaceholder } from './reader.js';

/** One error for all placeholders without a value, each with the places that want it; null where none is missing. */
export function createMissingError(missing: readonly MissingPlaceholder[]): PlinthError | null {
  if (missing.length === 0) return null;
  const places = new Map<string, Set<string>>();
  for (const { name, file, line } of missing) {
    places.set(name, (places.get(name) ?? new Set()).add(`${file}:${line}`));
  }
  return new PlinthError('PLACEHOLDER_MISSING', {
    missing: [...places].map(([name, at]) => ({ name, places: [...at] })),
  });
}
