import { isCodeStep } from './code-steps.js';
import { renderCount } from './count.js';
import { getMigrationFolders } from './migration-folders.js';
import { getWholeRegion } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading, type ReadingDraft } from './reading.js';

const LOCK = 'migration_lock.toml';
// What migration_lock.toml calls the databases that speak PostgreSQL's language.
const PROVIDERS = new Set(['postgresql', 'postgres', 'cockroachdb']);

/** Prisma Migrate: `20240102030405_title/migration.sql` and `migration_lock.toml`. */
export const prisma: Reader = {
  format: 'prisma',

  async recognize(files) {
    const folders = getMigrationFolders(files.candidates).complete;
    const hasLock = files.paths.includes(LOCK);
    if (!hasLock && (folders.length === 0 || hasSnapshots(files, folders))) return null;
    return {
      score: hasLock ? 100 : 60,
      evidence: [
        ...(hasLock ? [LOCK] : []),
        ...(folders.length > 0 ? [renderCount(folders.length, 'with migration.sql', 'folder')] : []),
      ],
    };
  },

  async read(files) {
    const reading = createReading(files, false);
    await ensureProvider(files, reading);
    // listMigrations.ts in prisma's packages/migrate: every folder, sorted with localeCompare; the lock file may be missing.
    const { complete, incomplete } = getMigrationFolders(files.candidates);
    for (const folder of incomplete) {
      // Prisma has no steps in code: a runner of the project's own takes these, folder by folder.
      if (files.candidates.some((path) => path.startsWith(`${folder}/`) && isCodeStep(path))) continue;
      reading.reject(
        folder,
        'the folder has no migration.sql',
        'Prisma refuses this (P3015): add the file, or delete the folder.',
      );
    }
    for (const id of complete) {
      const name = `${id}/migration.sql`;
      const text = await reading.getText(name);
      if (text === null) continue;
      // Prisma sends the script as one query: PostgreSQL makes it one transaction.
      reading.migrations.push({
        id,
        name,
        text,
        regions: getWholeRegion(text),
        substitutions: [],
        transaction: 'each',
      });
    }
    return reading.finish();
  },
};

function hasSnapshots(files: FolderListing, folders: readonly string[]): boolean {
  return folders.some((folder) => files.paths.includes(`${folder}/snapshot.json`));
}

async function ensureProvider(files: FolderListing, reading: ReadingDraft): Promise<void> {
  if (!files.paths.includes(LOCK)) return;
  const text = await reading.getText(LOCK);
  if (text === null) return;
  const provider = /^\s*provider\s*=\s*["']([^"']*)["']/m.exec(text)?.[1];
  if (provider !== undefined && PROVIDERS.has(provider)) return;
  reading.reject(
    LOCK,
    provider === undefined ? 'names no provider' : `the provider is "${provider}", not "postgresql"`,
    'Plinth reads histories for PostgreSQL.',
  );
}
