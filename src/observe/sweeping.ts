import type { CatalogueKey, WatchedStatement } from './records.js';

/** As much of a draft as this is about. */
interface Changing {
  readonly statement: { readonly kind: string };
  readonly watched: Pick<WatchedStatement, 'calls' | 'commands'>;
  readonly writes: ReadonlySet<CatalogueKey>;
}

/** What code (a DO block, a called function or procedure) changed that was there before; nothing of any other statement. */
export function getChangedByBlock({ statement, watched, writes }: Changing): readonly CatalogueKey[] {
  const { kind } = statement;
  const isBlock =
    kind === 'DoStmt' || kind === 'CallStmt' || (kind === 'SelectStmt' && watched.calls.length > 0);
  if (!isBlock) return [];
  const made = new Set(
    watched.commands.filter(({ tag }) => tag.startsWith('CREATE')).map(({ self }) => self),
  );
  return [...writes].filter((object) => object.startsWith('pg_') && !made.has(object));
}
