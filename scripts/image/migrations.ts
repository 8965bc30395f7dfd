import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getFolderDigest, isFolderAlone } from '../../src/cluster/manifest/folder.js';
import { HISTORY_PATH, type PackedFolder } from '../../src/cluster/manifest/request.js';
import { resolveHistoryOptions } from '../../src/options.js';
import { packFolder } from '../../src/run/pack-folder.js';
import type { Image, Layer } from './archive.js';
import { getPlinthImage, getPlinthTag } from './plinth.js';

/** What of a folder goes into an image: the same that a ConfigMap would hold. */
export interface FolderOptions {
  readonly migrations: readonly string[];
  readonly format?: string | undefined;
  readonly prelude?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Reads the folder; throws what `plinth manifest` would. */
export async function readFolder(options: FolderOptions): Promise<PackedFolder> {
  const { migrations, format, prelude, set = [] } = options;
  const pairs = set.map((pair) => [pair.split('=', 1)[0]!, pair.slice(pair.indexOf('=') + 1)]);
  return await packFolder(
    resolveHistoryOptions({ migrations, format, prelude, set: Object.fromEntries(pairs) }, {}),
  );
}

/** The image of a folder alone, for `--migrations-image`: nothing in it runs. */
export const getMigrationsImage = (name: string, folder: PackedFolder): Image => ({
  name,
  layers: [createLayer(folder, isFolderAlone(folder) ? `${folder.locations[0]}/` : '', '.')],
  config: {},
});

/** The image of Plinth with a folder in it, for `--migrations-in-image`. */
export function getPlinthWithFolderImage(root: string, name: string, folder: PackedFolder): Image {
  const plinth = getPlinthImage(root, name);
  return { ...plinth, layers: [...plinth.layers, createLayer(folder, '', HISTORY_PATH)] };
}

/** What the content of such an image rests on. */
export const getFolderTag = (folder: PackedFolder, root: string | null): string =>
  [...(root === null ? [] : [getPlinthTag(root)]), getFolderDigest(folder)].join('-');

function createLayer({ files }: PackedFolder, prefix: string, place: string): Layer {
  return {
    name: 'migrations',
    fill(to) {
      for (const [path, content] of files) {
        const file = join(to, place, path.slice(prefix.length));
        mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
        writeFileSync(file, content);
      }
    },
  };
}
