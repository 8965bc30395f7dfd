import { posix } from 'node:path';
import { getLines } from '../lines.js';
import type { FolderListing } from '../reader.js';

/** A list of files in the order in which they run. */
export interface FileList {
  /** The file that it stands in. */
  readonly path: string;
  /** What it names, as it stands there. */
  readonly entries: readonly string[];
}

const JSON_LIST = /^(?:manifest|order|migrations)\.json$/i;
const TEXT_LIST = /^(?:manifest|order|migrations|files|scripts)(?:\.(?:txt|list|lst))?$/i;
// Where a list may stand in an object, and a file in an entry.
const LIST_KEYS = ['files', 'migrations', 'scripts', 'order', 'sql'];
const FILE_KEYS = ['file', 'path', 'filename', 'script', 'up', 'sql', 'name'];

/** The lists at the top of a folder that name any of its SQL files. */
export async function readFileLists(files: FolderListing): Promise<readonly FileList[]> {
  const lists: FileList[] = [];
  for (const path of files.candidates) {
    const isJson = JSON_LIST.test(path);
    if (!isJson && !TEXT_LIST.test(path)) continue;
    const text = await files.peek(path);
    const entries = isJson ? parseJsonList(text) : parseTextList(text);
    if (entries?.some((entry) => getListedFile(entry, files) !== null)) lists.push({ path, entries });
  }
  return lists;
}

/** The SQL file that an entry names, with or without its extension; null where there is none. */
export function getListedFile(entry: string, files: Pick<FolderListing, 'paths'>): string | null {
  const path = posix.normalize(entry.replaceAll('\\', '/'));
  const found = [path, `${path}.sql`].find((name) => /\.sql$/i.test(name) && files.paths.includes(name));
  return found ?? null;
}

/** A list of names, or of objects that name a file each, alone or below a key; null for any other JSON. */
export function parseJsonList(text: string): readonly string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(value)
    ? value
    : LIST_KEYS.map((key) => getField(value, key)).find((field) => Array.isArray(field));
  if (list === undefined) return null;
  const entries = list.map((entry: unknown) =>
    typeof entry === 'string'
      ? entry
      : FILE_KEYS.map((key) => getField(entry, key)).find((field) => typeof field === 'string'),
  );
  return entries.every((entry) => typeof entry === 'string') ? entries : null;
}

/** One name a line; empty lines and comments (`#`, `--`, `//`) do not count. */
export function parseTextList(text: string): readonly string[] {
  return getLines(text)
    .map((line) => line.text.replace(/(?:^|\s)(?:#|--|\/\/).*$/, '').trim())
    .filter((line) => line !== '');
}

export function getField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
