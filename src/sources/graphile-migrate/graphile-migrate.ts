import { PlinthError } from '../../errors.js';
import { renderCount } from '../count.js';
import { createLanguageOrder } from '../language-order.js';
import type { FolderListing, MigrationDraft, Reader } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { createHash, type GraphileFile, parseGraphileFile } from './file.js';
import { withPlaceholders } from './placeholders.js';
import { parsePlaceholders } from './settings.js';

// migrationFilename.ts; the folder of all migrations may be given, or `committed` itself.
const NAME = /^(committed\/)?(\d+)(?:-[-\w]*)?\.sql$/;
const ADVICE =
  'graphile-migrate refuses this: committed migrations are not to be changed (AllowInvalidHash lets one be).';

/** graphile-migrate: `committed/000001.sql` with a header that chains them by their hashes. */
export const graphileMigrate: Reader = {
  format: 'graphile-migrate',

  async recognize(files) {
    const named = getNamed(files);
    let marked = 0;
    for (const { path } of named)
      if (/^--! Previous:/m.test((await files.peek(path)).slice(0, 1000))) marked++;
    if (marked === 0) return null;
    return {
      score: Math.max(50, Math.round((100 * marked) / named.length)),
      evidence: [renderCount(marked, 'with "--! Previous:"')],
    };
  },

  async read(files, options) {
    const reading = createReading(files, false);
    for (const path of files.candidates) {
      if (/^current(?:\.sql$|\/)/.test(path)) reading.passOver(path, 'uncommitted');
      if (/^fixtures\//.test(path)) reading.passOver(path, 'fixture');
    }
    const migrations: MigrationDraft[] = [];
    let previous: GraphileFile | null = null;
    for (const { path, id } of getNamed(files)) {
      const text = await reading.getText(path);
      const file = text === null ? null : parseGraphileFile(text, path, reading);
      if (text === null || file === null) return reading.finish();
      ensureChain(path, file, previous, reading);
      previous = file;
      migrations.push({
        id,
        name: path,
        text,
        regions: [{ start: file.start, end: text.length }],
        substitutions: [],
        transaction: file.isTransaction ? 'each' : 'none',
      });
    }
    const known = parsePlaceholders((await files.getBeside('.gmrc').catch(() => null)) ?? '');
    reading.migrations.push(...withPlaceholders(migrations, known, options.placeholders ?? {}, reading));
    return reading.finish();
  },
};

// getAllMigrations in migration.ts: by the number as text, which is what it records.
function getNamed(files: FolderListing) {
  const named = files.candidates.flatMap((path) => {
    const match = NAME.exec(path);
    return match === null ? [] : [{ path, id: `${match[2]}.sql`, isCommitted: match[1] !== undefined }];
  });
  const inFolder = named.some(({ isCommitted }) => isCommitted);
  return named.filter(({ isCommitted }) => isCommitted === inFolder).sort((a, b) => compare(a.id, b.id));
}

const compare = createLanguageOrder();

function ensureChain(
  file: string,
  { hash, previousHash, body, allowsInvalidHash }: GraphileFile,
  previous: GraphileFile | null,
  reading: ReadingDraft,
): void {
  const tell = (problem: string): void =>
    reading.addProblem(new PlinthError('CHECKSUM_MISMATCH', { file, problem, advice: ADVICE }));
  const expected = previous?.hash ?? null;
  if (previousHash !== expected) {
    tell(`its "--! Previous" is ${previousHash ?? '-'}, but what stands before it has ${expected ?? 'none'}`);
  }
  const actual = createHash(body, previousHash);
  if (actual !== hash && !allowsInvalidHash) tell(`its "--! Hash" is ${hash}, but its SQL has ${actual}`);
}
