import { createMemoryFolder } from '../../src/sources/folder.js';
import { createListing } from '../../src/sources/folder-listing.js';
import { readPsqlScript } from '../../src/sources/psql/read-script.js';
import type { PsqlScript } from '../../src/sources/psql/script.js';

/** Reads the first of the files as psql would; the others are there to be included. */
export async function readScript(
  files: Readonly<Record<string, string>>,
  set: Readonly<Record<string, string>> = {},
): Promise<PsqlScript> {
  const listing = await createListing(createMemoryFolder(files, 'db/migrations'));
  const [path] = Object.keys(files);
  return readPsqlScript(path!, files[path!]!, listing, { variables: set });
}
