import type { Region } from '../model/history.js';
import { renderCount } from './count.js';
import { type JournalEntry, parseDialect, parseJournal } from './drizzle-journal.js';
import { getMigrationFolders } from './migration-folders.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading, type ReadingDraft } from './reading.js';

const JOURNAL = 'meta/_journal.json';
const BREAKPOINT = '--> statement-breakpoint';
const ADVICE = 'Mend it, or write it anew with drizzle-kit generate.';

/** Drizzle: `0000_title.sql` in the order of `meta/_journal.json`, or (from 1.0 on) `20240102030405_title/migration.sql`. */
export const drizzle: Reader = {
  format: 'drizzle',

  async recognize(files) {
    if (files.paths.includes(JOURNAL)) return { score: 100, evidence: [JOURNAL] };
    const folders = getSnapshotFolders(files);
    if (folders.length === 0) return null;
    return {
      score: 90,
      evidence: [renderCount(folders.length, 'with migration.sql and snapshot.json', 'folder')],
    };
  },

  async read(files) {
    const reading = createReading(files, false);
    await (files.paths.includes(JOURNAL) ? readByJournal(files, reading) : readByFolder(files, reading));
    return reading.finish();
  },
};

// readMigrationFiles in drizzle-orm's migrator.ts takes the journal's entries as they stand; idx is not looked at,
// and `when` only in a database that has migrations already.
async function readByJournal(files: FolderListing, reading: ReadingDraft): Promise<void> {
  for (const path of files.candidates) {
    if (path.endsWith('.sql') && !path.includes('/')) reading.passOver(path, 'not-in-journal');
  }
  const text = await reading.getText(JOURNAL);
  if (text === null) return;
  const journal = parseJournal(text);
  if (typeof journal === 'string') return reading.reject(JOURNAL, journal, ADVICE);
  ensureDialect(JOURNAL, journal.dialect, reading);
  const seen = new Set<string>();
  for (const { tag, when } of journal.entries satisfies readonly JournalEntry[]) {
    const name = `${tag}.sql`;
    if (seen.has(tag)) reading.reject(JOURNAL, `names ${tag} twice`, ADVICE);
    else if (files.paths.includes(name)) await addMigration(tag, name, when, reading);
    else reading.reject(JOURNAL, `names ${tag}, but there is no file ${name}`, ADVICE);
    seen.add(tag);
  }
}

// drizzle-orm 1.0 (migrator.ts): the folders that have a migration.sql, sorted with localeCompare.
async function readByFolder(files: FolderListing, reading: ReadingDraft): Promise<void> {
  const snapshot = getSnapshotFolders(files)[0];
  if (snapshot !== undefined) {
    const path = `${snapshot}/snapshot.json`;
    ensureDialect(path, parseDialect(await files.peek(path)), reading);
  }
  for (const folder of getMigrationFolders(files.candidates).complete) {
    await addMigration(folder, `${folder}/migration.sql`, getFolderTime(folder), reading);
  }
}

function getSnapshotFolders(files: FolderListing): string[] {
  const known = new Set(files.paths);
  const { complete } = getMigrationFolders(files.candidates);
  return complete.filter((folder) => known.has(`${folder}/snapshot.json`));
}

function ensureDialect(file: string, dialect: string | null, reading: ReadingDraft): void {
  if (dialect === null || /^(?:pg|postgres(?:ql)?|cockroach(?:db)?)$/.test(dialect)) return;
  reading.reject(
    file,
    `the dialect is "${dialect}", not "postgresql"`,
    'Plinth reads histories for PostgreSQL.',
  );
}

// formatToMillis in drizzle-orm 1.0's migrator.utils.ts: the folder's 14 digits are a time in UTC.
function getFolderTime(folder: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(folder);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

async function addMigration(
  id: string,
  name: string,
  when: number | null,
  reading: ReadingDraft,
): Promise<void> {
  const text = await reading.getText(name);
  if (text === null) return;
  reading.migrations.push({
    id,
    name,
    text,
    regions: getPieces(text),
    substitutions: [],
    transaction: 'each',
    ...(when === null || Number.isNaN(when) ? {} : { entry: { when } }),
  });
}

// Each piece is sent as a query of its own, wherever in the file its mark stands.
function getPieces(text: string): Region[] {
  const regions: Region[] = [];
  let start = 0;
  for (const piece of text.split(BREAKPOINT)) {
    regions.push({ start, end: start + piece.length });
    start += piece.length + BREAKPOINT.length;
  }
  return regions;
}
