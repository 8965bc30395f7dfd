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

// golang-migrate: source/parse.go (Regex; unsigned 64 bit) and source/iofs/iofs.go (top level only).
const NAME = /^(\d+)_(.*)\.(down|up)\.((?:.*\.)?p?g?sql)$/;
const MAX = 2n ** 64n - 1n;

/** golang-migrate: `000001_title.up.sql` and `000001_title.down.sql`. */
export const golangMigrate: Reader = {
  format: 'golang-migrate',

  async recognize(files) {
    const named = getNamed(files);
    const ups = named.filter(({ direction }) => direction === 'up');
    if (ups.length === 0) return null;
    // Numbered files without a direction do not speak against the tool, which ignores them; sqlx would run them.
    const others = files.candidates.filter(
      (path) => /^[^/]*\.p?g?sql$/.test(path) && !NAME.test(path) && !/^\d+_/.test(path),
    );
    // `migrate create` numbers by timestamp, as sqlx does; its -seq numbers are its own.
    const stamps = ups.filter(({ digits }) => digits.length === 14).length;
    const isSequence = stamps * 2 < ups.length;
    return {
      score: Math.round(((isSequence ? 75 : 60) * named.length) / (named.length + others.length)),
      evidence: [
        renderCount(ups.length, 'named like 1_title.up.sql'),
        isSequence ? 'versions count up (migrate create -seq)' : 'versions are timestamps (of 14 digits)',
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const named = getNamed(files);
    for (const { path, direction } of named) {
      if (direction === 'down') reading.passOver(path, 'down-migration');
    }
    const ups = named.filter(({ direction }) => direction === 'up');
    ensureUniqueVersions(reading, ups);
    await readNumbered(
      reading,
      ups,
      // The tool sends the file as one query and opens no transaction: PostgreSQL makes it one, unless the file says BEGIN.
      (text) => ({ regions: getWholeRegion(text), transaction: 'each' }),
    );
    return reading.finish();
  },
};

function getNamed(files: FolderListing) {
  return files.candidates
    .flatMap((path) => {
      const match = path.includes('/') ? null : NAME.exec(path);
      if (match === null) return [];
      const version = parseVersion(match[1]!, MAX);
      return version === null
        ? []
        : [{ path, version, id: String(version), digits: match[1]!, direction: match[3]! }];
    })
    .sort((a, b) => compareVersions(a.version, b.version));
}
