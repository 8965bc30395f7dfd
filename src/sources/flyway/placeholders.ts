import type { Substitution } from '../../model/history.js';

// Flyway's PlaceholderReplacingReader reads in pairs after a "$", so that "$$" hides the "{" behind it.
const PLACEHOLDER = /\$\$|\$\{([^}]*)(\}?)/g;

/** What a text's placeholders become, and the names that have no value. */
export interface Placeholders {
  readonly substitutions: readonly Substitution[];
  readonly missing: readonly { readonly name: string; readonly start: number }[];
}

/**
 * Finds `${name}` wherever it stands: Flyway replaces it in comments, literals and function bodies, too, and
 * fails for a name without a value even there. Names are compared without regard to case.
 */
export function parsePlaceholders(text: string, values: Readonly<Record<string, string>>): Placeholders {
  const byName = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  const substitutions: Substitution[] = [];
  const missing: { name: string; start: number }[] = [];
  for (const match of text.matchAll(PLACEHOLDER)) {
    const name = match[1];
    if (name === undefined) continue;
    const value = match[2] === '' ? undefined : byName.get(name.toLowerCase());
    if (value === undefined) {
      missing.push({ name: name.length > 80 ? `${name.slice(0, 80)}…` : name, start: match.index });
    } else substitutions.push({ start: match.index, end: match.index + match[0].length, text: value });
  }
  return { substitutions, missing };
}
