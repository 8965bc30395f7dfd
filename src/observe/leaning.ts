import type { ParsedStatement } from '../sql/statements.js';
import { isNode, walkTree } from '../sql/tree.js';
import type { CatalogueKey, WatchedStatement } from './records.js';

/** On what of other objects a statement leans without naming it. */
export interface Leaning {
  /** Parts of other objects, say the index of the key that its foreign key refers to. */
  readonly parts: ReadonlySet<CatalogueKey>;
  /** Relations whose columns it takes as they are: LIKE, `SELECT *`. */
  readonly columnsOf: ReadonlySet<CatalogueKey>;
}

/** What others may take away from under a statement. */
export interface Shaking {
  /** What it drops. */
  readonly parts: ReadonlySet<CatalogueKey>;
  /** Relations whose columns it may change. */
  readonly columnsOf: ReadonlySet<CatalogueKey>;
}

export function getLeaning(statement: ParsedStatement, watched: WatchedStatement): Leaning {
  const relations = watched.resolved.filter(({ kind }) => kind === 'relation').map(({ object }) => object);
  return {
    parts: new Set(watched.dependencies.flatMap(({ parts }) => parts)),
    columnsOf: new Set(isTakingAllColumns(statement) ? relations : []),
  };
}

export function getShaking(statement: ParsedStatement, watched: WatchedStatement): Shaking {
  const altered =
    statement.kind === 'AlterTableStmt' || statement.kind === 'RenameStmt' ? watched.touched : [];
  return { parts: new Set(watched.drops.map(({ self }) => self)), columnsOf: new Set(altered) };
}

function isTakingAllColumns({ kind, node }: ParsedStatement): boolean {
  let found = false;
  walkTree({ [kind]: node }, (key, value) => {
    if (key === 'A_Star' || (key === 'TableLikeClause' && isNode(value))) found = true;
    return !found;
  });
  return found;
}
