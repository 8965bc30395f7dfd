import { renderCount } from './count.js';
import type { FolderListing } from './reader.js';

/** The `title/up.sql` files of a folder that is laid out as Diesel's are, in Diesel's order; null for any other folder. */
export function getDieselFiles(files: FolderListing): string[] | null {
  const sql = files.candidates.filter((path) => path.endsWith('.sql'));
  if (sql.length === 0 || !sql.every((path) => /^[^/]+\/(?:up|down)\.sql$/.test(path))) return null;
  // version_from_string in migrations_internals: text, with the dashes of `2024-01-02-030405` removed.
  const getVersion = (path: string) => path.split('/', 1)[0]!.split('_', 1)[0]!.replaceAll('-', '');
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return sql
    .filter((path) => path.endsWith('/up.sql'))
    .sort((a, b) => compare(getVersion(a), getVersion(b)) || compare(a, b));
}

/** Where a `title/up.sql` keeps its settings. */
export function getDieselSettingsPath(path: string): string {
  return path.replace(/up\.sql$/, 'metadata.toml');
}

/** False where `metadata.toml` stands without `run_in_transaction = true`: Diesel's default turns with the file. */
export function isDieselTransaction(settings: string): boolean {
  return /^\s*run_in_transaction\s*=\s*true\b/m.test(settings);
}

/** What detection tells of the layout. */
export function renderDieselEvidence(count: number): string {
  return renderCount(count, "with up.sql (Diesel's layout)", 'folder');
}
