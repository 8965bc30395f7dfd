import type { Substitution } from '../../model/history.js';

/** What a text's placeholders become, and the names that have no value. */
export interface Placeholders {
  readonly substitutions: readonly Substitution[];
  readonly missing: readonly { readonly name: string; readonly start: number }[];
}

/** Between what a placeholder stands, and what takes its place, by name. */
export interface PlaceholderRules {
  readonly prefix: string;
  readonly suffix: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Finds `${name}` wherever it stands: Flyway replaces it in comments, literals and function bodies, too, and
 * fails for a name without a value even there. Names are compared without regard to case.
 */
export function parsePlaceholders(text: string, { prefix, suffix, values }: PlaceholderRules): Placeholders {
  const byName = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  const substitutions: Substitution[] = [];
  const missing: { name: string; start: number }[] = [];
  for (let start = 0; start < text.length; ) {
    const read = getReadAhead(text, start, prefix);
    if (read < prefix.length || !text.startsWith(prefix, start)) {
      start += read;
      continue;
    }
    const close = text.indexOf(suffix, start + prefix.length);
    const end = close === -1 ? text.length : close + suffix.length;
    const name = text.slice(start + prefix.length, close === -1 ? undefined : close);
    const value = close === -1 ? undefined : byName.get(name.toLowerCase());
    if (value !== undefined) substitutions.push({ start, end, text: value });
    else missing.push({ name: name.length > 80 ? `${name.slice(0, 80)}…` : name, start });
    start = end;
  }
  return { substitutions, missing };
}

/**
 * How much PlaceholderReplacingReader.java reads before it knows that no placeholder begins: what it has read by then
 * begins none, either, so that "$$" hides the "{" behind it.
 */
function getReadAhead(text: string, start: number, prefix: string): number {
  let read = 1;
  while (
    read < prefix.length &&
    text.startsWith(prefix.slice(0, read), start) &&
    start + read < text.length
  ) {
    read += 1;
  }
  return read;
}
