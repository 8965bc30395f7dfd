/** What a file is to Flyway, by its name. */
export type FlywayName =
  | { readonly kind: 'versioned' | 'baseline'; readonly version: FlywayVersion }
  | { readonly kind: 'repeatable'; readonly description: string }
  | { readonly kind: 'undo' | 'callback' | 'none' };

/** The numbers of a version without trailing zeros: `1.0` and `1` are one to Flyway (MigrationVersion.java). */
export type FlywayVersion = readonly bigint[];

// "B" migrations and "U" migrations exist in Redgate's editions only; their names are taken everywhere.
const KINDS = { V: 'versioned', B: 'baseline', U: 'undo' } as const;
const CALLBACK = /^(?:(?:before|after)[A-Z][A-Za-z]*|createSchema)(?:__.*)?$/;

/** Reads a name by the rules of ResourceNameParser.java: prefix, version, two underscores, description, `.sql`. */
export function parseFlywayName(path: string, hasPrefix: boolean): FlywayName {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (!/\.sql$/i.test(file)) return { kind: 'none' };
  const name = file.slice(0, -'.sql'.length);
  if (CALLBACK.test(name)) return { kind: 'callback' };
  if (name.startsWith('R__')) {
    return { kind: 'repeatable', description: name.slice('R__'.length).replaceAll('_', ' ') };
  }
  const prefix = /^[VBU]/.exec(name)?.[0] as keyof typeof KINDS | undefined;
  if (prefix === undefined && hasPrefix) return { kind: 'none' };
  const rest = prefix === undefined ? name : name.slice(1);
  const digits = rest.split('__', 1)[0]!;
  if (!/^\d+(?:[._]\d+)*$/.test(digits) || (prefix === undefined && !rest.includes('__')))
    return { kind: 'none' };
  const kind = prefix === undefined ? 'versioned' : KINDS[prefix];
  return kind === 'undo' ? { kind } : { kind, version: parseFlywayVersion(digits) };
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
