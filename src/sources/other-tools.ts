import { renderCount } from './count.js';
import type { FolderListing } from './reader.js';

// Marks of a way back in the same file: whoever ran such a file as it stands would undo it at once.
const WAYS_BACK: readonly (readonly [tool: string, mark: RegExp])[] = [
  ['goose', /^--[^\n]*\+goose[ \t]+down\b/im],
  ['dbmate', /^--[ \t]*migrate:down\b/m],
  ['sql-migrate', /^--[ \t]*\+migrate[ \t]+down\b/im],
  ['micrate', /^--[ \t]*\+micrate[ \t]+down\b/im],
  ['tern', /^---- create above [/] drop below ----/m],
  ['node-pg-migrate', /^--[ \t]*down[ \t]+migration\b/im],
  ['Play evolutions', /^(?:#|--)[ \t]*---[ \t]*!Downs\b/m],
  ['MyBatis Migrations', /^--[ \t]*\/\/[ \t]*@UNDO\b/im],
  ['rambler', /^--[ \t]*rambler[ \t]+down\b/m],
];
// Each mark above is in such a line, which most files lack: one look instead of one for each.
const ANY_WAY_BACK = /^(?:--|#)[^\n]*(?:down|drop below|@undo)/im;
// Files that say where the order of a history really stands.
const ORDER = /(?:^|\/)(?:sqitch\.plan|migration_lock\.toml|meta\/_journal\.json)$/;

/** The tool whose way back stands in the text, or null. */
export function getWayBack(text: string): string | null {
  if (!ANY_WAY_BACK.test(text)) return null;
  return WAYS_BACK.find(([, mark]) => mark.test(text))?.[0] ?? null;
}

/** What speaks against reading every `.sql` file of a folder as it stands. */
export async function getOtherTools(files: FolderListing): Promise<string[]> {
  const found = files.paths.filter((path) => ORDER.test(path)).slice(0, 3);
  const counts = new Map<string, number>();
  for (const path of files.candidates.filter((file) => /\.sql$/i.test(file))) {
    const text = await files.peek(path);
    const tool = /^--[ \t]*liquibase formatted sql/i.test(text) ? 'Liquibase' : getWayBack(text);
    if (tool !== null) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  }
  return [...found, ...[...counts].map(([tool, count]) => renderCount(count, `with the marks of ${tool}`))];
}
