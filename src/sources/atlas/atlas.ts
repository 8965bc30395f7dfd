import { renderCount } from '../count.js';
import { ensureUniqueVersions, readNumbered } from '../numbered.js';
import { getWayBack } from '../other-tools.js';
import type { FolderListing, Reader } from '../reader.js';
import { createReading } from '../reading.js';
import { parseAtlasFile, parseDirectives } from './file.js';
import { ensureAtlasSum, parseAtlasSum } from './sum.js';

const SUM = 'atlas.sum';

/** Atlas, versioned: `20240102030405_title.sql` and `atlas.sum`. */
export const atlas: Reader = {
  format: 'atlas',

  async recognize(files) {
    if (!files.paths.includes(SUM)) return null;
    const paths = getSql(files);
    const sum = parseAtlasSum(await files.peek(SUM));
    const summed = typeof sum === 'string' ? paths : sum.files.map(({ name }) => name);
    // Atlas keeps its sum beside files in other tools' formats, too (sql/sqltool/tool.go): those are theirs to read.
    if (paths.length === 0 || summed.every((name) => /\.up\.sql$|(?:^|\/)[VBR][^/]*__/.test(name)))
      return null;
    for (const path of paths) {
      const text = await files.peek(path);
      if (getWayBack(text) !== null || /^--[ \t]*liquibase formatted sql/i.test(text)) return null;
    }
    return { score: 95, evidence: [SUM, renderCount(paths.length, 'named *.sql')] };
  },

  async read(files) {
    const reading = createReading(files, true);
    const paths = getSql(files);
    await ensureAtlasSum(files, paths, reading);
    // FilesFromLastCheckpoint in sql/migrate/dir.go: what a new database gets.
    let start = 0;
    for (const [i, path] of paths.entries()) {
      if (parseDirectives(await files.peek(path)).some(({ name }) => name === 'checkpoint')) start = i;
    }
    for (const path of paths.slice(0, start)) reading.passOver(path, 'before-checkpoint');
    const migrations = paths.slice(start).map((path) => ({ path, id: getVersion(path) }));
    ensureUniqueVersions(reading, migrations);
    await readNumbered(reading, migrations, (text, path) => parseAtlasFile(text, path, reading));
    return reading.finish();
  },
};

// LocalDir.Files in sql/migrate/dir.go: top level only, by name, bytewise, as the listing is.
function getSql(files: FolderListing): string[] {
  return files.paths.filter((path) => !path.includes('/') && path.endsWith('.sql'));
}

function getVersion(path: string): string {
  return path.slice(0, -'.sql'.length).split('_', 1)[0]!;
}
