import { renderCount } from '../count.js';
import { compareVersions, ensureUniqueVersions, parseVersion } from '../numbered.js';
import type { FolderListing, Reader } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { parseTernData } from './data.js';
import { getUpPart, isTernMarked, isTransaction } from './file.js';
import { readIncludes } from './include.js';

// migrationPattern and FindMigrations in migrate/migrate.go: top level only, 32 bits.
const NAME = /^(\d+)_.+\.sql$/;
const MAX = 2n ** 31n - 1n;
const CONFIG = 'tern.conf';
const ADVICE = 'tern refuses this: its migrations count up from 1, each number once (tern renumber).';

/** tern: `001_title.sql`, from which `---- create above / drop below ----` cuts the way back. */
export const tern: Reader = {
  format: 'tern',

  async recognize(files) {
    const named = getNamed(files);
    if (named.length === 0) return null;
    const hasConfig = files.paths.includes(CONFIG);
    let marked = 0;
    for (const { path } of named) if (isTernMarked(await files.peek(path))) marked++;
    if (marked === 0 && !hasConfig) return null;
    return {
      score: Math.max(hasConfig ? 95 : 50, Math.round((100 * marked) / named.length)),
      evidence: [
        ...(hasConfig ? [CONFIG] : []),
        ...(marked > 0 ? [renderCount(marked, 'with the marks of tern')] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, true);
    const named = getNamed(files);
    ensureUniqueVersions(reading, named);
    ensureNoGaps(named, reading);
    for (const { path, id } of named) {
      const file = await reading.getText(path);
      if (file === null) continue;
      const { text, ...rest } = await readIncludes(file, path, getUpPart(file), files, reading);
      const transaction = isTransaction(text, rest.regions) ? 'each' : 'none';
      reading.migrations.push({ id, name: path, text, substitutions: [], transaction, ...rest });
    }
    return { ...reading.finish(), values: await readData(files, reading) };
  },
};

function getNamed(files: FolderListing) {
  return files.candidates
    .flatMap((path) => {
      const digits = NAME.exec(path)?.[1];
      const version = digits === undefined || path.includes('/') ? null : parseVersion(digits, MAX);
      return version === null ? [] : [{ path, version, id: String(version) }];
    })
    .sort((a, b) => compareVersions(a.version, b.version));
}

function ensureNoGaps(
  named: readonly { readonly path: string; readonly version: bigint }[],
  reading: ReadingDraft,
): void {
  let last = 0n;
  for (const { path, version } of named) {
    if (version === 0n) reading.reject(path, 'there is no number 0', ADVICE);
    if (version > last + 1n) {
      const before = version - 1n;
      const gap = before === last + 1n ? `${before} is` : `${last + 1n} to ${before} are`;
      reading.reject(path, `${gap} missing before it`, ADVICE);
    }
    last = version;
  }
}

/** The values that `tern.conf`, in the folder or around it, has for templates. */
async function readData(files: FolderListing, reading: ReadingDraft): Promise<Record<string, string>> {
  const text = files.paths.includes(CONFIG)
    ? await reading.getText(CONFIG)
    : await files.getBeside(CONFIG).catch(() => null);
  return text === null ? {} : parseTernData(text);
}
