import { isCodeStep } from './code-steps.js';
import { renderCount } from './count.js';
import { getMigrationFolders } from './migration-folders.js';
import { ensureUniqueVersions, getWholeRegion, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading, type ReadingDraft } from './reading.js';

const SETTINGS = 'metadata.toml';
// diesel_cli names folders so (2024-01-02-030405_title, later with four more digits), and its first one like this.
const OWN_NAME = /^(?:\d{4}-\d\d-\d\d-\d{6}(?:-\d{4})?_|0+_diesel_initial_setup$)/;

/** Diesel: `2024-01-02-030405_title/up.sql`, with `down.sql` and `metadata.toml` beside it. */
export const diesel: Reader = {
  format: 'diesel',

  async recognize(files) {
    const { complete } = getMigrationFolders(files.candidates, 'up.sql');
    if (complete.length === 0) return null;
    const hasSettings = complete.some((folder) => files.paths.includes(`${folder}/${SETTINGS}`));
    const isOwn = hasSettings || complete.some((folder) => OWN_NAME.test(folder));
    const inLayout = files.candidates.filter((path) => /^[^/]+\/(?:up|down)\.sql$/.test(path)).length;
    const sql = files.candidates.filter((path) => /\.sql$/i.test(path)).length;
    return {
      score: isOwn ? 95 : Math.round((70 * inLayout) / sql),
      evidence: [
        renderCount(complete.length, 'with up.sql', 'folder'),
        ...(isOwn ? [hasSettings ? SETTINGS : "names as diesel_cli's"] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, false);
    const { complete, incomplete } = getMigrationFolders(files.candidates, 'up.sql');
    const migrations = complete.map((folder) => ({ path: `${folder}/up.sql`, id: getVersion(folder) }));
    ensureUniqueVersions(reading, migrations);
    for (const folder of incomplete) {
      const steps = files.candidates.filter((path) => path.startsWith(`${folder}/`) && isCodeStep(path));
      for (const path of steps) migrations.push({ path, id: getVersion(folder) });
      if (steps.length > 0) continue;
      // UnknownMigrationFormat in file_based_migrations.rs.
      reading.reject(
        folder,
        'the folder has no up.sql',
        'Diesel refuses this: add the file, or delete the folder.',
      );
    }
    migrations.sort((a, b) => compareText(a.id, b.id) || compareText(a.path, b.path));
    for (const path of files.candidates)
      if (path.endsWith('/down.sql')) reading.passOver(path, 'down-migration');
    const outside = await readOutside(files, complete, reading);
    await readNumbered(reading, migrations, (text, path) => ({
      regions: getWholeRegion(text),
      transaction: outside.has(path) ? 'none' : 'each',
    }));
    return reading.finish();
  },
};

// version_from_string in migrations_internals: text, and compared as text (pending_migrations in migration_harness.rs).
function getVersion(folder: string): string {
  return folder.split('_', 1)[0]!.replaceAll('-', '');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The migrations that run outside of a transaction. */
async function readOutside(
  files: FolderListing,
  folders: readonly string[],
  reading: ReadingDraft,
): Promise<ReadonlySet<string>> {
  const outside = new Set<string>();
  for (const folder of folders) {
    const path = `${folder}/${SETTINGS}`;
    if (!files.paths.includes(path)) continue;
    reading.passOver(path, 'tool-metadata');
    const text = await reading.getText(path);
    if (text !== null && !parseIsTransaction(text)) outside.add(`${folder}/up.sql`);
  }
  return outside;
}

// TomlMetadata in migrations_internals: where the file does not name it, it is false; where the value is none, true.
function parseIsTransaction(text: string): boolean {
  const value = /^[ \t]*run_in_transaction[ \t]*=[ \t]*(\S*)/m.exec(text)?.[1];
  return value !== undefined && !/^false\b/.test(value);
}
