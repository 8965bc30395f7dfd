import { renderCount } from './count.js';
import { parseGooseFile } from './goose-file.js';
import { compareVersions, ensureUniqueVersions, parseVersion, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading } from './reading.js';

// goose: NumericComponent in migration.go and provider_collect.go (int64, at least 1, top level only).
const NAME = /^(\d+)_.*\.(sql|go)$/;
const MAX = 2n ** 63n - 1n;
const UP = /^--[^\n]*\+goose[ \t]+up\b/im;

/** goose: `00001_title.sql` with `-- +goose Up` and `-- +goose Down`. */
export const goose: Reader = {
  format: 'goose',
  replacesVariables: true,

  async recognize(files) {
    const names = getVersioned(files).filter(({ path }) => path.endsWith('.sql'));
    let marked = 0;
    for (const { path } of names) if (UP.test(await files.peek(path))) marked++;
    if (marked === 0) return null;
    return {
      score: Math.max(50, Math.round((100 * marked) / names.length)),
      evidence: [renderCount(marked, 'with "-- +goose Up"')],
    };
  },

  async read(files, options) {
    const reading = createReading(files, true);
    const versioned = getVersioned(files);
    // A version may stand in a file of SQL or in one of Go, but not in both.
    ensureUniqueVersions(reading, versioned);
    await readNumbered(reading, versioned, (text, path) => parseGooseFile(text, path, options, reading));
    return reading.finish();
  },
};

function getVersioned(files: FolderListing) {
  return files.candidates
    .flatMap((path) => {
      const digits = NAME.exec(path)?.[1];
      if (digits === undefined || path.includes('/') || path.endsWith('_test.go')) return [];
      const version = parseVersion(digits, MAX);
      return version === null || version === 0n ? [] : [{ path, version, id: String(version) }];
    })
    .sort((a, b) => compareVersions(a.version, b.version));
}
