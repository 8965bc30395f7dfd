import type { Format } from '../model/history.js';
import { detectFormat } from './detect.js';
import { detectSeveral } from './detect-several.js';
import type { Folder } from './folder.js';
import { createListing } from './folder-listing.js';
import type { FolderListing, ReadOptions } from './reader.js';

/** The format that a folder, or its locations together, look like; fails where that is none, or more than one. */
export async function findFormat(
  folder: Folder,
  options: ReadOptions = {},
  listing?: FolderListing,
): Promise<Format> {
  const { parts = [] } = folder;
  if (parts.length === 0) {
    return (await detectFormat(listing ?? (await createListing(folder)), options)).format;
  }
  return detectSeveral(folder.location, await Promise.all(parts.map((part) => createListing(part.folder))));
}
