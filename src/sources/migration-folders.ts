import { createLanguageOrder } from './language-order.js';

// Prisma and drizzle sort with localeCompare.
const compare = createLanguageOrder();

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
  names.sort(compare);
  const has = (name: string) => known.has(`${name}/${file}`);
  return { complete: names.filter(has), incomplete: names.filter((name) => !has(name)) };
}
