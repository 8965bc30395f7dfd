// Prisma and drizzle sort with localeCompare; one language keeps the order the same on every machine.
const collator = new Intl.Collator('en');

/** The folders (one level deep) with the file of a migration, and those without one, in the order of `localeCompare`. */
export interface MigrationFolders {
  readonly complete: readonly string[];
  readonly incomplete: readonly string[];
}

/** Finds the layout of one folder a migration. */
export function getMigrationFolders(paths: readonly string[], file = 'migration.sql'): MigrationFolders {
  const known = new Set(paths);
  const names = [
    ...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/', 1)[0]!)),
  ];
  names.sort((a, b) => collator.compare(a, b));
  const has = (name: string) => known.has(`${name}/${file}`);
  return { complete: names.filter(has), incomplete: names.filter((name) => !has(name)) };
}
