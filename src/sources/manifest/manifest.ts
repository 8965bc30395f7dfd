import { posix } from 'node:path';
import type { TransactionRule } from '../../model/history.js';
import { renderCount } from '../count.js';
import { getWayBack } from '../other-tools.js';
import { createPsqlMigration } from '../psql/psql-files.js';
import { readPsqlScript } from '../psql/read-script.js';
import type { FolderListing, Reader } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { getListedFile, readFileLists } from './list.js';
import { readSchemaVersions } from './versions.js';

/** A tree of SQL files with a list that says which of them run, in which order. */
export const manifest: Reader = {
  format: 'manifest',

  async recognize(files) {
    const versions = await readSchemaVersions(files);
    if (versions.length > 0) {
      return { score: 95, evidence: [renderCount(versions.length, 'with a manifest.json', 'version')] };
    }
    const lists = await readFileLists(files);
    if (lists.length === 0) return null;
    return { score: 90, evidence: lists.map(({ path }) => `${path} names SQL files`) };
  },

  async read(files, { placeholders = {} }) {
    const reading = createReading(files, false);
    for (const path of files.candidates) {
      if (/\.sql$/i.test(path)) reading.passOver(path, 'not-in-manifest');
    }
    const named = (await getVersionFiles(files, reading)) ?? (await getListFiles(files, reading));
    for (const { path, transaction } of named) {
      const text = await reading.getText(path);
      if (text === null) continue;
      const tool = getWayBack(text);
      if (tool !== null) {
        const problem = `has ${tool}'s marks: run as it stands, its way back would run, too`;
        reading.reject(path, problem, 'Name the format, or leave out the way back.');
        continue;
      }
      const script = await readPsqlScript(path, text, files, { variables: placeholders });
      reading.migrations.push(createPsqlMigration(reading, script, { id: path, name: path, transaction }));
    }
    return reading.finish();
  },
};

interface NamedFile {
  readonly path: string;
  readonly transaction: TransactionRule;
}

/** The files of Temporal's layout; null where the folder has another one. */
async function getVersionFiles(
  files: FolderListing,
  reading: ReadingDraft,
): Promise<readonly NamedFile[] | null> {
  const versions = await readSchemaVersions(files);
  const [first] = versions;
  if (first === undefined) return null;
  const parent = posix.dirname(first.folder);
  for (const { manifest: path, folder, files: named, problem } of versions) {
    reading.passOver(path, 'tool-metadata');
    const advice = 'Mend the manifest; the tool that owns the folder refuses it, too.';
    if (problem !== null) reading.reject(path, problem, advice);
    if (posix.dirname(folder) !== parent) {
      const others = `${posix.dirname(folder)} and ${parent} hold versions, of two schemas`;
      reading.reject(path, others, 'Give one of these folders with --migrations.');
    }
    for (const name of named.filter((file) => !files.paths.includes(file))) {
      reading.reject(path, `names ${posix.relative(folder, name)}, which is not there`, advice);
    }
  }
  // The tool sends statement after statement.
  return versions
    .flatMap((version) => version.files)
    .filter((path) => files.paths.includes(path))
    .map((path) => ({ path, transaction: 'none' }));
}

async function getListFiles(files: FolderListing, reading: ReadingDraft): Promise<readonly NamedFile[]> {
  const [list, other] = await readFileLists(files);
  if (list === undefined) return [];
  reading.passOver(list.path, 'tool-metadata');
  if (other !== undefined) {
    reading.reject(other.path, `names SQL files, and so does ${list.path}`, 'Keep one list of what runs.');
  }
  const named = new Set<string>();
  for (const entry of list.entries) {
    const path = getListedFile(entry, files);
    if (path === null) {
      reading.reject(
        list.path,
        `names ${entry}, which is no SQL file of the folder`,
        'Restore it, or take it out.',
      );
    } else if (named.has(path)) {
      reading.reject(list.path, `names ${entry} twice`, 'Each file runs once.');
    } else named.add(path);
  }
  return [...named].map((path) => ({ path, transaction: 'each' }));
}
