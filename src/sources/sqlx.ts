import { renderCount } from './count.js';
import {
  compareVersions,
  ensureUniqueVersions,
  getWholeRegion,
  parseVersion,
  readNumbered,
} from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// sqlx: resolve_blocking in sqlx-core/src/migrate/source.rs (i64, top level only).
const NAME = /^([^_]*)_(.*\.sql)$/;
const MAX = 2n ** 63n - 1n;
const NO_TRANSACTION = '-- no-transaction';
// What `sqlx migrate add` writes into a new file.
const TEMPLATE = /^-- Add (?:up )?migration script here/;

/** sqlx: `20240102030405_title.sql`, or `.up.sql` and `.down.sql`. */
export const sqlx: Reader = {
  format: 'sqlx',

  async recognize(files) {
    const named = getNamed(files);
    const ups = named.filter(({ isDown }) => !isDown);
    // sqlx refuses such a folder.
    if (named.some(({ version, path }) => version === null || /\.(?:up|down)\.\w+\.sql$/.test(path)))
      return null;
    let marked = 0;
    for (const { path } of ups) {
      const text = await files.peek(path);
      if (text.startsWith(NO_TRANSACTION) || TEMPLATE.test(text)) marked++;
    }
    const reversible = ups.filter(({ path }) => path.endsWith('.up.sql')).length;
    if (marked === 0 && reversible === 0) return null;
    const sql = files.candidates.filter((path) => !path.includes('/') && path.endsWith('.sql'));
    const stamps = ups.filter(({ digits }) => digits.length === 14).length;
    const base = marked > 0 ? 95 : stamps * 2 < ups.length ? 65 : 60;
    return {
      score: Math.round((base * named.length) / sql.length),
      evidence: [
        renderCount(ups.length, reversible > 0 ? 'named like 1_title.up.sql' : 'named like 1_title.sql'),
        ...(marked > 0 ? [renderCount(marked, "with sqlx's own first line")] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const ups: { path: string; id: string; version: bigint }[] = [];
    for (const { path, version, isDown } of getNamed(files)) {
      if (version === null) {
        reading.reject(
          path,
          'the name does not begin with a version',
          'sqlx refuses such a folder: 01_title.sql',
        );
      } else if (isDown) reading.passOver(path, 'down-migration');
      else ups.push({ path, version, id: String(version) });
    }
    ups.sort((a, b) => compareVersions(a.version, b.version));
    ensureUniqueVersions(reading, ups);
    await readNumbered(reading, ups, (text) => ({
      regions: getWholeRegion(text),
      transaction: text.startsWith(NO_TRANSACTION) ? 'none' : 'each',
    }));
    return reading.finish();
  },
};

function getNamed(files: FolderListing) {
  return files.candidates.flatMap((path) => {
    const match = path.includes('/') ? null : NAME.exec(path);
    if (match === null) return [];
    const digits = match[1]!;
    const version = /^\d+$/.test(digits) ? parseVersion(digits, MAX) : null;
    return [{ path, digits, version, isDown: match[2]!.endsWith('.down.sql') }];
  });
}
