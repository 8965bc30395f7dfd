import { FLYWAY_EVENTS } from './callbacks.js';

/** What Flyway's names are made of. */
export interface FlywayNaming {
  readonly versioned: string;
  readonly undo: string;
  readonly baseline: string;
  readonly repeatable: string;
  readonly separator: string;
  readonly suffixes: readonly string[];
}

/** What a file is to Flyway, by its name. */
export type FlywayName =
  | {
      readonly kind: 'versioned' | 'baseline';
      readonly version: FlywayVersion;
      /** As Flyway writes it down: `1_02` as `1.02`. */
      readonly versionText: string;
      readonly description: string;
    }
  | { readonly kind: 'repeatable'; readonly description: string }
  | { readonly kind: 'callback'; readonly event: string }
  | { readonly kind: 'undo' | 'none' };

/** The numbers of a version without trailing zeros: `1.0` and `1` are one to Flyway (MigrationVersion.java). */
export type FlywayVersion = readonly bigint[];

const NONE = { kind: 'none' } as const;
// With another one begins no event, and there are dozens of them.
const EVENT_LETTERS: ReadonlySet<string | undefined> = new Set(FLYWAY_EVENTS.map((event) => event[0]));

/**
 * Reads a name by the rules of ResourceNameParser.java: prefix, version, separator, description, suffix. "B" and "U"
 * migrations exist in Redgate's editions only; their names are taken everywhere.
 */
export function parseFlywayName(path: string, naming: FlywayNaming): FlywayName {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const suffix = naming.suffixes.find((known) => file.toLowerCase().endsWith(known.toLowerCase()));
  if (suffix === undefined) return NONE;
  const name = file.slice(0, file.length - suffix.length);
  const [prefix, kind] = getPrefixes(name, naming)
    .filter(([known]) => name.startsWith(known))
    .reduce((a, b) => (b[0].length > a[0].length ? b : a), ['', 'none']);
  if (prefix === '' && (naming.versioned !== '' || !name.includes(naming.separator))) return NONE;
  const at = name.indexOf(naming.separator, prefix.length);
  const digits = name.slice(prefix.length, at === -1 ? undefined : at);
  const description = at === -1 ? '' : name.slice(at + naming.separator.length).replaceAll('_', ' ');
  if (kind === 'repeatable' || kind === 'callback') {
    if (digits !== '') return NONE;
    if (kind === 'callback') return { kind, event: prefix };
    return { kind, description };
  }
  if (!/^\d+(?:[._]\d+)*$/.test(digits)) return NONE;
  if (kind === 'undo') return { kind };
  return {
    kind: kind === 'baseline' ? kind : 'versioned',
    version: parseFlywayVersion(digits),
    versionText: digits.replaceAll('_', '.'),
    description,
  };
}

function getPrefixes(name: string, naming: FlywayNaming): readonly (readonly [string, FlywayName['kind']])[] {
  const { versioned, undo, baseline, repeatable } = naming;
  return [
    [versioned, 'versioned'],
    [undo, 'undo'],
    [baseline, 'baseline'],
    [repeatable, 'repeatable'],
    ...(EVENT_LETTERS.has(name[0]) ? FLYWAY_EVENTS.map((event) => [event, 'callback'] as const) : []),
  ];
}

/** Reads `1.2`, `1_2` or `001.002.0`. */
export function parseFlywayVersion(text: string): FlywayVersion {
  const parts = text.split(/[._]/).map(BigInt);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return parts;
}

/** Orders number by number; what is not there counts as 0. */
export function compareFlywayVersions(a: FlywayVersion, b: FlywayVersion): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0n) - (b[i] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}
