import { loadParser, parseSql, type TreeNode } from './parser.js';
import { getList, isNode } from './tree.js';

/** What a piece of SQL is, as PostgreSQL's pg_get_… functions write it. */
export type SqlPiece =
  | 'expression'
  | 'query'
  | 'statement'
  | 'constraint'
  | 'index'
  | 'policy'
  | 'partition key'
  | 'statistics'
  | 'function body'
  | 'signature';

// What to put around a piece so that it parses.
const FRAMES: Readonly<Record<SqlPiece, readonly [before: string, after: string]>> = {
  expression: ['SELECT ', ''],
  query: ['', ''],
  statement: ['', ''],
  constraint: ['ALTER TABLE t ADD CONSTRAINT c ', ''],
  index: ['INDEX ON t ', ''],
  policy: ['CREATE POLICY p ON t AS ', ''],
  'partition key': ['CREATE TABLE t (c int) PARTITION BY ', ''],
  statistics: ['CREATE STATISTICS s ', ''],
  'function body': ['CREATE FUNCTION f() RETURNS void LANGUAGE sql ', ''],
  signature: ['CREATE FUNCTION f', " LANGUAGE sql AS ''"],
};

export { loadParser };

/**
 * True where two pieces mean the same though two versions of PostgreSQL wrote them: parentheses, blanks and needless
 * qualifiers do not count. False where one does not parse. Needs `loadParser`.
 */
export function isSameSql(piece: SqlPiece, one: string, other: string): boolean {
  const [first, second] = [getMeaning(piece, one), getMeaning(piece, other)];
  return first !== null && first === second;
}

function getMeaning(piece: SqlPiece, text: string): string | null {
  const outcome = parseSql(renderFramed(piece, text));
  if (outcome.statements === null) return null;
  return JSON.stringify(outcome.statements.map(({ kind, node }) => normalise({ [kind]: node }, null)));
}

function renderFramed(piece: SqlPiece, text: string): string {
  const [before, after] = FRAMES[piece];
  if (piece === 'index') {
    const isUnique = text.startsWith('UNIQUE ');
    return `CREATE ${isUnique ? 'UNIQUE ' : ''}${before}${text.slice(isUnique ? 'UNIQUE '.length : 0)}`;
  }
  return `${before}${text}${after}`;
}

/** A tree without places; columns of a query's only table go without its name, as PostgreSQL 16 began to write them. */
function normalise(value: unknown, only: string | null): unknown {
  if (Array.isArray(value)) return value.map((item) => normalise(item, only));
  if (!isNode(value)) return value;
  const table = isNode(value['SelectStmt']) ? (getOnlyTable(value['SelectStmt']) ?? only) : only;
  const entries = Object.entries(value).filter(([key]) => !PLACES.has(key));
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === 'ColumnRef' && isNode(item) ? { fields: getFields(item, table) } : normalise(item, table),
    ]),
  );
}

const PLACES: ReadonlySet<string> = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

function getOnlyTable(select: TreeNode): string | null {
  const from = getList(select, 'fromClause');
  const table = from.length === 1 ? from[0]!['RangeVar'] : undefined;
  if (!isNode(table)) return null;
  const alias = isNode(table['alias']) ? table['alias']['aliasname'] : undefined;
  return String(alias ?? table['relname']);
}

function getFields(column: TreeNode, table: string | null): unknown {
  const fields = getList(column, 'fields');
  const first = fields[0]?.['String'];
  const isQualified = fields.length === 2 && isNode(first) && first['sval'] === table;
  return isQualified ? fields.slice(1) : fields;
}
