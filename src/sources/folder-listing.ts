import { getOtherDialectFiles } from './dialect.js';
import type { Folder, FolderPart } from './folder.js';
import { isHidden } from './passed-over.js';
import type { FolderListing } from './reader.js';
import { parseText, parseTextLeniently, REPLACEMENT } from './text.js';

/** Lists a folder once and keeps what is read of it. */
export async function createListing(folder: Folder): Promise<FolderListing> {
  const listed = await Promise.all(getParts(folder).map((part, location) => listPart(part, location)));
  const paths = listed.flatMap((part) => part.paths);
  const origins = new Map(listed.flatMap((part) => part.origins));
  const others = new Set(listed.flatMap((part) => part.others));
  const candidates = listed.flatMap((part) => part.candidates);
  const contents = new Map<string, Promise<Uint8Array>>();
  // Every reader looks at every file.
  const peeked = new Map<string, string>();
  const readOne = (path: string): Promise<Uint8Array> => {
    const known = contents.get(path) ?? folder.read(path);
    contents.set(path, known);
    // Whoever asks for the file is told; a read ahead is not.
    known.catch(() => undefined);
    return known;
  };
  let isReadingAhead = false;
  const read = (path: string): Promise<Uint8Array> => {
    const content = readOne(path);
    if (!isReadingAhead) {
      isReadingAhead = true;
      void readAhead(
        candidates.filter((file) => /\.sql$/i.test(file)),
        readOne,
      );
    }
    return content;
  };
  return {
    location: folder.location,
    paths,
    candidates,
    getOrigin: (path) => origins.get(path)!,
    isOtherDialect: (path) => others.has(path),
    has: async (path) =>
      paths.includes(path) ||
      read(path).then(
        () => true,
        () => false,
      ),
    async getText(path) {
      const known = peeked.get(path);
      // Nothing in it that could not be read, or decoded.
      if (known && !known.includes(REPLACEMENT)) return known;
      return parseText(path, await read(path));
    },
    getBytes: read,
    async peek(path) {
      const known = peeked.get(path);
      if (known !== undefined) return known;
      // The reader that reads the file for good will say what is wrong with it.
      const text = await read(path).then(parseTextLeniently, () => '');
      peeked.set(path, text);
      return text;
    },
    async getBeside(name) {
      const content = await folder.readBeside?.(name);
      return content === null || content === undefined ? null : parseText(name, content);
    },
  };
}

function getParts(folder: Folder): readonly FolderPart[] {
  return folder.parts ?? [{ folder, prefix: '' }];
}

// What a name says of a database, or hides, it says within its own location: that one was asked for.
async function listPart({ folder, prefix }: FolderPart, location: number) {
  const paths = await folder.list();
  const visible = paths.filter((path) => !isHidden(path));
  const others = getOtherDialectFiles(visible);
  const withPrefix = (path: string): string => prefix + path;
  return {
    paths: paths.map(withPrefix),
    origins: paths.map((path) => [withPrefix(path), { location, path }] as const),
    others: [...others].map(withPrefix),
    candidates: visible.filter((path) => !others.has(path)).map(withPrefix),
  };
}

/** Readers go file by file; several at a time come in faster, and few enough to stay below the limit of open files. */
async function readAhead(
  paths: readonly string[],
  read: (path: string) => Promise<Uint8Array>,
): Promise<void> {
  for (let from = 0; from < paths.length; from += 64) {
    await Promise.allSettled(paths.slice(from, from + 64).map(read));
  }
}
