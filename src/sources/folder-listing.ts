import { getOtherDialectFiles } from './dialect.js';
import type { Folder } from './folder.js';
import { isHidden } from './passed-over.js';
import type { FolderListing } from './reader.js';
import { parseText, parseTextLeniently } from './text.js';

/** Lists a folder once and keeps what is read of it. */
export async function createListing(folder: Folder): Promise<FolderListing> {
  const paths = await folder.list();
  const visible = paths.filter((path) => !isHidden(path));
  const others = getOtherDialectFiles(visible);
  const contents = new Map<string, Promise<Uint8Array>>();
  const read = (path: string): Promise<Uint8Array> => {
    const known = contents.get(path) ?? folder.read(path);
    contents.set(path, known);
    return known;
  };
  return {
    location: folder.location,
    paths,
    candidates: visible.filter((path) => !others.has(path)),
    isOtherDialect: (path) => others.has(path),
    getText: async (path) => parseText(path, await read(path)),
    async peek(path) {
      try {
        return parseTextLeniently(await read(path));
      } catch {
        // The reader that reads the file for good will say what is wrong with it.
        return '';
      }
    },
  };
}
