import { renderCount } from './count.js';
import { ensureUniqueVersions, getWholeRegion, readNumbered } from './numbered.js';
import type { FolderListing, Reader } from './reader.js';
import { createReading, type ReadingDraft } from './reading.js';

// migrateFilePattern in apps/cli-go/pkg/migration/file.go; `supabase` may be given, or the folder `migrations` in it.
const NAME = /^(\d+)_.*\.sql$/;
const FOLDER = 'migrations/';
const CONFIG = 'config.toml';
// Schemas that Supabase has before the first migration.
const SURROUNDINGS = /\bauth\.(?:uid|role|jwt|users)\b|\bstorage\.(?:buckets|objects)\b/;

/** Supabase CLI: `supabase/migrations/20240102030405_title.sql`. */
export const supabase: Reader = {
  format: 'supabase',

  async recognize(files) {
    const named = getNamed(files);
    if (named.length === 0) return null;
    const isWhole = getPrefix(files) !== '';
    const config = isWhole ? await files.peek(CONFIG) : await files.getBeside(CONFIG).catch(() => null);
    const count = renderCount(named.length, 'named like 1_title.sql');
    // Others write into this folder, too (Drizzle): their marks count more.
    if (/^\s*project_id\s*=/m.test(config ?? ''))
      return { score: isWhole ? 95 : 80, evidence: [isWhole ? CONFIG : `../${CONFIG}`, count] };
    if (/(?:^|[\\/])supabase[\\/]migrations[\\/]?$/.test(files.location))
      return { score: 80, evidence: ['the folder supabase/migrations', count] };
    const stamps = named.filter(({ id }) => id.length === 14).length;
    if (stamps * 2 < named.length) return null;
    const texts = await Promise.all(named.map(({ path }) => files.peek(path)));
    const marked = texts.filter((text) => SURROUNDINGS.test(text)).length;
    if (marked === 0) return null;
    return { score: 40, evidence: [renderCount(marked, "that name Supabase's own schemas"), count] };
  },

  async read(files) {
    const prefix = getPrefix(files);
    const reading = createReading(files, prefix === '');
    if (prefix !== '') passOverBeside(files, reading);
    const named = getNamed(files);
    ensureUniqueVersions(reading, named);
    // A batch of the extended protocol, which is one transaction (ExecBatch in file.go).
    await readNumbered(reading, named, (text) => ({ regions: getWholeRegion(text), transaction: 'each' }));
    return reading.finish();
  },
};

function getPrefix(files: FolderListing): string {
  return files.paths.includes(CONFIG) && files.paths.some((path) => path.startsWith(FOLDER)) ? FOLDER : '';
}

// ListLocalMigrations in list.go: by file name, bytewise, as the listing is.
function getNamed(files: FolderListing) {
  const prefix = getPrefix(files);
  const inside = files.paths.filter((path) => path.startsWith(prefix));
  return inside.flatMap((path, i) => {
    const name = path.slice(prefix.length);
    const id = NAME.exec(name)?.[1];
    const isSkipped = i === 0 && isOldInit(name);
    return id === undefined || name.includes('/') || isSkipped ? [] : [{ path, id }];
  });
}

// shouldSkip in list.go: what an early version of the CLI wrote as the first file.
function isOldInit(name: string): boolean {
  const stamp = /(\d{14})_init\.sql/.exec(name)?.[1];
  return stamp !== undefined && stamp < '20211209000000';
}

/** What lies beside `migrations`, functions and tests included, is no migration. */
function passOverBeside(files: FolderListing, reading: ReadingDraft): void {
  for (const path of files.candidates) {
    if (/^(?:seed\.sql$|seeds?\/)/.test(path)) reading.passOver(path, 'seed');
    else if (path === 'roles.sql') reading.passOver(path, 'roles');
    else if (path === CONFIG) reading.passOver(path, 'tool-metadata');
    else if (!path.startsWith(FOLDER))
      reading.passOver(path, /\.sql$/i.test(path) ? 'not-a-migration-name' : 'not-sql');
    else if (path.slice(FOLDER.length).includes('/')) reading.passOver(path, 'subfolder');
  }
}
