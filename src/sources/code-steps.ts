import type { CodeStep } from '../model/history.js';
import { compareNaturally } from './natural-order.js';

const CODE =
  /\.(?:go|ts|mts|cts|js|mjs|cjs|py|rb|java|class|kts?|groovy|scala|clj|rs|php|cs|fs|exs?|swift|sh|bash|ps1|bat|cmd|fizz)$/i;
// Neither tests nor declarations, nor classes inside of a class.
const NOT_RUN = /(?:[._](?:test|spec)\.\w+|\.d\.[cm]?ts|\$[^/]*\.class)$/i;
// In a folder for one migration: what is run is called so, and what it imports is not (`utils.ts`, `types.ts`).
const IN_FOLDER = /(?:^|[-_.])(?:migration|migrate|backfill)\.\w+$|^(?:up|index|main|mod|run)\.\w+$/i;

/** True for a program by its name; tests and declarations are none. */
export function isCode(path: string): boolean {
  return CODE.test(path) && !NOT_RUN.test(path);
}

/** True for a numbered program, or the one of a numbered folder: a step that Plinth cannot run. */
export function isCodeStep(path: string): boolean {
  if (!isCode(path)) return false;
  const { folder, file } = getParts(path);
  return isNumbered(file) || (isNumbered(folder.slice(folder.lastIndexOf('/') + 1)) && IN_FOLDER.test(file));
}

/** Gives a program its place by its name, where the tool that owns the folder does not run it; after the SQL of its own folder. */
export function getPlaceByName(path: string, migrations: readonly { readonly name: string }[]): CodeStep {
  const { folder, file } = getParts(path);
  const isAfter = isNumbered(file)
    ? (name: string) => compareNaturally(name, path) > 0
    : (name: string) => compareNaturally(getParts(name).folder, folder) > 0;
  const before = migrations.findIndex(({ name }) => isAfter(name));
  return { name: path, before: before === -1 ? migrations.length : before };
}

function isNumbered(name: string): boolean {
  return /^V?\d/.test(name);
}

function getParts(path: string): { readonly folder: string; readonly file: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, slash)), file: path.slice(slash + 1) };
}
