import { type Candidate, getCandidates } from './candidates.js';
import type { FolderListing } from './reader.js';

/** A folder below another one that looks like a tool's. */
export interface FolderBelow {
  /** Its path, relative to the folder that was asked about. */
  readonly path: string;
  readonly files: FolderListing;
  readonly best: Candidate;
}

// Deeper, another project begins.
const MAX_DEPTH = 3;

/** The outermost folders below that look like a tool's; plain SQL is in any folder, and says nothing. */
export async function findFoldersBelow(files: FolderListing, depth = 1): Promise<readonly FolderBelow[]> {
  const names = new Set(
    files.candidates
      .filter((path) => path.includes('/') && /\.sql$/i.test(path))
      .map((path) => path.split('/', 1)[0]!),
  );
  const found: FolderBelow[] = [];
  for (const name of names) {
    const inside = createListingBelow(files, name);
    const best = (await getCandidates(inside))[0];
    if (best !== undefined && best.format !== 'plain') found.push({ path: name, files: inside, best });
    else if (depth < MAX_DEPTH) {
      const deeper = await findFoldersBelow(inside, depth + 1);
      found.push(...deeper.map((folder) => ({ ...folder, path: `${name}/${folder.path}` })));
    }
  }
  return found;
}

function createListingBelow(files: FolderListing, name: string): FolderListing {
  const prefix = `${name}/`;
  const cut = (paths: readonly string[]): string[] =>
    paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return {
    location: `${files.location}/${name}`,
    paths: cut(files.paths),
    candidates: cut(files.candidates),
    isOtherDialect: (path) => files.isOtherDialect(prefix + path),
    has: (path) => files.has(prefix + path),
    getText: (path) => files.getText(prefix + path),
    getBytes: (path) => files.getBytes(prefix + path),
    peek: (path) => files.peek(prefix + path),
    getBeside: async () => null,
    getOrigin: (path) => ({ location: 0, path }),
  };
}
