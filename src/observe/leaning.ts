import type { ParsedStatement } from '../sql/statements.js';
import { DATA_KINDS } from '../sql/traits.js';
import { getList, isNode, walkTree } from '../sql/tree.js';
import type { CatalogueKey, ResolvedName, WatchedStatement } from './records.js';

/** On what of other objects a statement leans without naming it. */
export interface Leaning {
  /** Parts of other objects, say the index of the key that its foreign key refers to. */
  readonly parts: ReadonlySet<CatalogueKey>;
  /** Relations and composite types whose columns it takes as they are: LIKE, INHERITS, `SELECT *`, `ROW(…)::t`. */
  readonly columnsOf: ReadonlySet<CatalogueKey>;
  /** Tables of which it takes indexes, comments and the like, too: LIKE … INCLUDING. */
  readonly definitionsOf: ReadonlySet<CatalogueKey>;
}

/** What others may take away from under a statement. */
export interface Shaking {
  /** What it drops. */
  readonly parts: ReadonlySet<CatalogueKey>;
  /** Relations and composite types whose columns it may change. */
  readonly columnsOf: ReadonlySet<CatalogueKey>;
  /** Tables to which it adds what LIKE would copy. */
  readonly definitionsOf: ReadonlySet<CatalogueKey>;
}

export function getLeaning(statement: ParsedStatement, watched: WatchedStatement): Leaning {
  const get = (wanted: ResolvedName['kind']): CatalogueKey[] =>
    watched.resolved.filter(({ kind }) => kind === wanted).map(({ object }) => object);
  const relations = get('relation');
  const types = get('type');
  return {
    parts: new Set(watched.dependencies.flatMap(({ parts }) => parts)),
    columnsOf: new Set([
      ...(isTakingAllColumns(statement) ? relations : []),
      ...(isMakingRows(statement) ? types : []),
    ]),
    definitionsOf: new Set(isCopyingDefinition(statement) ? relations : []),
  };
}

export function getShaking({ kind }: ParsedStatement, watched: WatchedStatement): Shaking {
  const { commands, drops, locks, touched } = watched;
  // Code may do all of it at once.
  const isCode = DATA_KINDS.has(kind);
  const getOwners = (tags: RegExp): CatalogueKey[] =>
    commands.flatMap(({ tag, owner }) => (isCode && owner !== null && tags.test(tag) ? [owner] : []));
  const isAltering = kind === 'AlterTableStmt' || kind === 'RenameStmt';
  const isAdding = kind === 'IndexStmt' || kind === 'CommentStmt' || kind === 'CreateStatsStmt';
  const altered = isAltering ? touched : getOwners(/^ALTER (?:TABLE|TYPE)$/);
  // What inherits from it is altered with it, and only locked so.
  const heirs = altered.length === 0 ? [] : locks.filter(({ mode }) => mode === 'AccessExclusive');
  return {
    parts: new Set(drops.map(({ self }) => self)),
    columnsOf: new Set([...altered, ...heirs.map(({ object }) => object)]),
    definitionsOf: new Set(isAdding ? touched : getOwners(/^CREATE (?:INDEX|STATISTICS)$|^COMMENT$/)),
  };
}

function isTakingAllColumns({ kind, node }: ParsedStatement): boolean {
  let found = false;
  walkTree({ [kind]: node }, (key, value) => {
    if (key === 'A_Star' || (key === 'TableLikeClause' && isNode(value))) found = true;
    return !found;
  });
  return found || isCopyingDefinition({ kind, node });
}

/** `ROW(1, 2)::address`, which has as many values as the type has attributes. */
function isMakingRows({ kind, node }: ParsedStatement): boolean {
  let found = false;
  walkTree({ [kind]: node }, (key) => {
    if (key === 'RowExpr') found = true;
    return !found;
  });
  return found;
}

/** LIKE and INHERITS, which take a table as it is at that moment; a partition is part of its parent. */
function isCopyingDefinition({ kind, node }: Pick<ParsedStatement, 'kind' | 'node'>): boolean {
  if (kind !== 'CreateStmt' || isNode(node['partbound'])) return false;
  const isLike = getList(node, 'tableElts').some((element) => isNode(element['TableLikeClause']));
  return isLike || getList(node, 'inhRelations').length > 0;
}
