import { readFile } from 'node:fs/promises';
import { basename, dirname, posix, relative, resolve, sep } from 'node:path';
import type { PackedFolder } from '../cluster/manifest/request.js';
import type { PassedOverReason } from '../model/history.js';
import type { ResolvedHistoryOptions } from '../options.js';
import type { Folder } from '../sources/folder.js';
import { createFolder } from '../sources/locations.js';
import { readHistory } from '../sources/read-history.js';
import { getLockFile, readText } from './files.js';

// Drizzle's snapshots alone may be many times as large as the history; what of them a reader does read is recorded.
const NEVER_READ: readonly PassedOverReason[] = ['hidden', 'not-sql', 'tool-metadata'];

// Hidden, so that no reader takes it for a migration.
const PRELUDE_FOLDER = '.prelude';

/** All that the reader of the folder looks at, the lock file, and the prelude. */
export async function packFolder(options: ResolvedHistoryOptions): Promise<PackedFolder> {
  const places = options.migrations.map((location) => resolve(location));
  const homes = places.map((path) => (/\.sql$/i.test(path) ? dirname(path) : path));
  const root = places.length === 1 ? dirname(places[0]!) : getCommonParent(homes);
  const getPath = (path: string): string => relative(root, path).replaceAll(sep, '/');
  const folder = createFolder(options.migrations);
  // Paths of one folder count from itself, those of several from their common parent.
  const base = places.length === 1 ? getPath(homes[0]!) : '';
  const files = new Map<string, Uint8Array>();
  const read = async (path: string): Promise<Uint8Array> => {
    const content = await folder.read(path);
    files.set(posix.join(base, path), content);
    return content;
  };
  const recorded: Folder = {
    ...folder,
    read,
    async readBeside(name) {
      const content = (await folder.readBeside?.(name)) ?? null;
      if (content !== null) files.set(name, content);
      return content;
    },
    ...(folder.parts === undefined
      ? {}
      : {
          parts: folder.parts.map((part) => ({
            ...part,
            folder: { ...part.folder, read: (path: string) => read(part.prefix + path) },
          })),
        }),
  };
  const { format, passedOver } = await readHistory(recorded, {
    ...(options.format === null ? {} : { format: options.format }),
    placeholders: options.set,
    ...(options.searchPath === null ? {} : { searchPath: options.searchPath }),
  });
  const unread = new Set(
    passedOver.filter(({ reason }) => NEVER_READ.includes(reason)).map(({ path }) => path),
  );
  for (const path of await folder.list()) if (!unread.has(path)) await read(path);
  const lockFile = getLockFile(options.migrations);
  const locked = await readFile(lockFile).catch(() => null);
  if (locked !== null) files.set(getPath(resolve(lockFile)), locked);
  const prelude = options.prelude === null ? null : posix.join(PRELUDE_FOLDER, basename(options.prelude));
  if (prelude !== null) files.set(prelude, Buffer.from(await readText(options.prelude!)));
  return {
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    locations: places.map(getPath),
    format,
    prelude,
  };
}

function getCommonParent(paths: readonly string[]): string {
  const parts = paths.map((path) => path.split(sep));
  const [first = []] = parts;
  const apart = first.findIndex((part, i) => parts.some((other) => other[i] !== part));
  return (apart === -1 ? first : first.slice(0, apart)).join(sep) || sep;
}
