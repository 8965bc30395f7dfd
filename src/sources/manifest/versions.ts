import { posix } from 'node:path';
import { compareNaturally } from '../natural-order.js';
import type { FolderListing } from '../reader.js';
import { getField } from './list.js';

/** A version of a schema as Temporal's and Cadence's tools keep it: a folder with a manifest of its files. */
export interface SchemaVersion {
  readonly folder: string;
  readonly manifest: string;
  readonly files: readonly string[];
  /** What the tool would refuse, or null. */
  readonly problem: string | null;
}

// versionDirectoryRegex and readManifest in tools/common/schema/updatetask.go of go.temporal.io/server.
const MANIFEST = /^(?:(.*)\/)?(v(\d+(?:\.\d+)*))\/manifest\.json$/;

/** The versions of a folder in the order of their numbers: 1.10 after 1.9. Empty where there is no such layout. */
export async function readSchemaVersions(files: FolderListing): Promise<readonly SchemaVersion[]> {
  const versions: (SchemaVersion & { readonly version: string })[] = [];
  for (const manifest of files.candidates) {
    const match = MANIFEST.exec(manifest);
    if (match === null) continue;
    const value = parseManifest(await files.peek(manifest));
    const names = getField(value, 'SchemaUpdateCqlFiles') ?? [];
    const current = getField(value, 'CurrVersion');
    if (typeof current !== 'string' || !Array.isArray(names)) continue;
    const version = match[3]!;
    const folder = posix.dirname(manifest);
    const isEmpty = names.length === 0 && getField(value, 'AllowNoCqlFiles') !== true;
    const problem =
      current.replace(/^v/, '') !== version
        ? `is of version ${current} and lies in ${match[2]}`
        : isEmpty
          ? 'names no file in SchemaUpdateCqlFiles'
          : null;
    versions.push({
      folder,
      manifest,
      version,
      files: names.map((name) => posix.join(folder, String(name))),
      problem,
    });
  }
  return versions.sort((a, b) => compareNaturally(a.version, b.version));
}

function parseManifest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
