import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isPlinthError, PlinthError } from '../errors.js';
import type { Format } from '../model/history.js';
import { findFormat } from '../sources/find-format.js';
import { createFolder } from '../sources/locations.js';
import { readHistory } from '../sources/read-history.js';
import { getEntry, SETTINGS_NAME } from './find.js';
import { findMigrationFolders } from './find-folders.js';

/** What plinth.json is to be written of. */
export interface CreateSettingsOptions {
  /** The migration folder, or several locations. Default: the only folder below `cwd`. */
  migrations?: string | readonly string[];
  /** The tool that owns the folder. Default: recognized. */
  format?: Format;
  /** The file. Default: `plinth.json` in `cwd`. */
  config?: string;
  /** Where to look. Default: the working directory. */
  cwd?: string;
  /** Writes over a file that is there. Default: false. */
  force?: boolean;
}

/** What was found, and where it was written. */
export interface CreatedSettings {
  readonly path: string;
  /** As it stands in the file: relative to it. */
  readonly migrations: string | readonly string[];
  readonly format: Format;
  /** How many migrations there are; 0 where a value or more is missing for reading them. */
  readonly count: number;
  /** Placeholders without a value. */
  readonly missing: readonly string[];
}

/**
 * Writes plinth.json from what is recognized below the folder. Asks nothing, and changes nothing else.
 *
 * @throws SETTINGS_EXIST where the file is there, HISTORY_NOT_FOUND, HISTORY_AMBIGUOUS, or what is wrong with the folder.
 */
export async function createSettings(
  options: CreateSettingsOptions = {},
  context: { readonly signal?: AbortSignal } = {},
): Promise<CreatedSettings> {
  const { cwd = process.cwd(), force = false } = options;
  const path = resolve(cwd, options.config ?? SETTINGS_NAME);
  // Looked at before the search, which may take long; written so that it cannot come in between.
  if (!force && getEntry(path) !== null) {
    throw new PlinthError('SETTINGS_EXIST', { path });
  }
  const found = [options.migrations ?? (await findFolder(cwd, context.signal))].flat();
  const folders = found.map((folder) => resolve(cwd, folder));
  const { format, count, missing } = await readFolder(folders, options.format);
  const [first, ...others] = folders.map(
    (folder) => relative(dirname(path), folder).split(sep).join('/') || '.',
  );
  const migrations = others.length === 0 ? first! : [first!, ...others];
  const settings = { $schema: getSchema(dirname(path)), migrations, format };
  try {
    await writeFile(path, `${JSON.stringify(settings, null, 2)}\n`, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new PlinthError('SETTINGS_EXIST', { path });
    throw new PlinthError('FILE_UNWRITABLE', { path, reason: message }, { cause });
  }
  return { path, migrations, format, count, missing };
}

async function findFolder(cwd: string, signal: AbortSignal | undefined): Promise<string> {
  const found = await findMigrationFolders(cwd, signal);
  if (found.length === 0) throw new PlinthError('HISTORY_NOT_FOUND', { folder: cwd });
  if (found.length > 1) throw new PlinthError('HISTORY_AMBIGUOUS', { folder: cwd, found });
  return found[0]!.folder;
}

async function readFolder(
  paths: readonly string[],
  given: Format | undefined,
): Promise<Pick<CreatedSettings, 'format' | 'count' | 'missing'>> {
  const folder = createFolder(paths);
  const format = given ?? (await findFormat(folder));
  try {
    const { migrations } = await readHistory(folder, { format });
    return { format, count: migrations.length, missing: [] };
  } catch (error) {
    // What is still to be given does not make it another folder.
    if (!isPlinthError(error) || error.code !== 'PLACEHOLDER_MISSING') throw error;
    const { missing } = error.args as { readonly missing: readonly { readonly name: string }[] };
    return { format, count: 0, missing: missing.map(({ name }) => name) };
  }
}

/** Where the package has the schema: in the nearest node_modules, or where that would be. */
function getSchema(folder: string): string {
  const inside = 'node_modules/plinth/plinth.schema.json';
  for (let at = folder; ; at = dirname(at)) {
    if (getEntry(join(at, inside)) !== null) {
      const path = relative(folder, join(at, inside)).split(sep).join('/');
      return path.startsWith('.') ? path : `./${path}`;
    }
    if (dirname(at) === at) return `./${inside}`;
  }
}
