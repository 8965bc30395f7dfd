import { renderCount } from './count.js';
import { getLines } from './lines.js';
import { compareVersions, parseVersion, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';
import { parseSqlMigrateFile, SQL_MIGRATE_UP } from './sql-migrate-file.js';

const MAX = 2n ** 63n - 1n;

/** sql-migrate: `20240102030405-title.sql` with `-- +migrate Up` and `-- +migrate Down`. */
export const sqlMigrate: Reader = {
  format: 'sql-migrate',

  async recognize(files) {
    const named = getNamed(files);
    let marked = 0;
    for (const { path } of named) {
      const text = await files.peek(path);
      const mayBe = text.includes('+migrate');
      if (mayBe && getLines(text).some((line) => SQL_MIGRATE_UP.test(line.text))) marked++;
    }
    if (marked === 0) return null;
    return {
      score: Math.max(50, Math.round((100 * marked) / named.length)),
      evidence: [renderCount(marked, 'with "-- +migrate Up"')],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const named = getNamed(files);
    for (const { path, version } of named) {
      if (version !== null) continue;
      reading.reject(path, 'the number is too large', 'sql-migrate reads 64 bits: name it by a smaller one.');
    }
    await readNumbered(reading, named, (text, path) => parseSqlMigrateFile(text, path, reading));
    return reading.finish();
  },
};

// migrate.go (Less, findMigrations): top level only; by the number that the name begins with, then those without
// one, each by its name, which is the id: two files may share a number.
function getNamed(files: FolderListing) {
  return files.candidates
    .filter((path) => !path.includes('/') && path.endsWith('.sql'))
    .map((path) => {
      const digits = /^\d+/.exec(path)?.[0];
      return { path, id: path, version: digits === undefined ? MAX + 1n : parseVersion(digits, MAX) };
    })
    .sort((a, b) => compareVersions(a.version ?? MAX, b.version ?? MAX));
}
