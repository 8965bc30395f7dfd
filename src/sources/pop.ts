import { renderCount } from './count.js';
import { isDialect, isOwnDialect } from './dialect.js';
import { ensureUniqueVersions, getWholeRegion, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// pop: mrx in migrator.go; `.autocommit` is of Ory's popx (match.go).
const NAME = /^(\d+)_[^.]+(?:\.([a-z0-9]+))??(\.autocommit)?\.(up|down)\.(sql|fizz)$/;

/** Pop: `20240102030405_title.up.sql` and `.up.fizz`, with siblings such as `….postgres.up.sql`. */
export const pop: Reader = {
  format: 'pop',

  async recognize(files) {
    const named = getNamed(files);
    const ups = named.filter(({ direction }) => direction === 'up');
    const own = ups.filter(({ path, isAutocommit }) => isAutocommit || path.endsWith('.fizz')).length;
    const dialects = new Set(ups.map(({ dialect }) => dialect).filter((dialect) => dialect !== null));
    const templates = await countTemplates(files, ups);
    if (own === 0 && dialects.size === 0 && templates === 0) return null;
    const sql = getVisible(files).filter((path) => /\.(?:sql|fizz)$/i.test(path)).length;
    // Nobody else tells databases apart by a word before the direction; one alone may be part of a title.
    const base = own > 0 || templates > 0 ? 95 : dialects.size > 1 ? 90 : 55;
    // It reads subfolders, in which other projects may lie.
    if (named.length * 2 < sql) return null;
    return {
      score: Math.max(own > 0 ? 90 : 0, Math.round((base * named.length) / sql)),
      evidence: [
        ...(dialects.size > 0 ? [`names like 1_title.${[...dialects].sort()[0]}.up.sql`] : []),
        ...(own > 0 ? [renderCount(own, 'named *.up.fizz or *.autocommit.up.sql')] : []),
        ...(templates > 0 ? [renderCount(templates, 'with {{ index .Options "…" }}')] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, false);
    const named = getNamed(files);
    const ups = named.filter(({ direction }) => direction === 'up');
    for (const { path } of named) reading.passOver(path, 'other-dialect');
    for (const { path, direction } of named)
      if (direction === 'down') reading.passOver(path, 'down-migration');
    // A file for PostgreSQL comes before one for all, which has its version then (Less in migration_info.go).
    const forPostgres = ups.filter(({ dialect }) => dialect !== null && isOwnDialect(dialect));
    const taken = new Set(forPostgres.map(({ id }) => id));
    const forAll = ups.filter(({ id, dialect }) => dialect === null && !taken.has(id));
    const chosen = [...forPostgres, ...forAll].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    ensureUniqueVersions(reading, chosen);
    const outside = new Set(chosen.filter(({ isAutocommit }) => isAutocommit).map(({ path }) => path));
    await readNumbered(reading, chosen, (text, path) => ({
      regions: getWholeRegion(text),
      transaction: outside.has(path) ? 'none' : 'each',
    }));
    return reading.finish();
  },
};

// Pop renders its files with the connection's details (MigrationContent in migration_content.go).
async function countTemplates(
  files: FolderListing,
  named: readonly { readonly path: string }[],
): Promise<number> {
  let count = 0;
  for (const { path } of named) if (/\{\{-?\s*index\s+\.Options\b/.test(await files.peek(path))) count++;
  return count;
}

// findMigrations in file_migrator.go: subfolders, too. Versions are text, and compared as text.
function getNamed(files: FolderListing) {
  return getVisible(files).flatMap((path) => {
    const match = NAME.exec(path.slice(path.lastIndexOf('/') + 1));
    if (match === null) return [];
    const [, id, dialect = null, autocommit, direction] = match;
    if (dialect !== null && !isDialect(dialect)) return [];
    return [{ path, id: id!, dialect, isAutocommit: autocommit !== undefined, direction: direction! }];
  });
}

function getVisible(files: FolderListing): string[] {
  const candidates = new Set(files.candidates);
  return files.paths.filter((path) => candidates.has(path) || files.isOtherDialect(path));
}
