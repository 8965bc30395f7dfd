import type { CatalogueFacts, Difference, FactKind } from '../model/fact.js';
import type { SqlPiece } from '../sql/same-sql.js';
import { compareFacts } from './compare.js';

const PIECES: Readonly<Partial<Record<Difference['kind'], SqlPiece>>> = {
  default: 'expression',
  constraint: 'constraint',
  index: 'index',
  policy: 'policy',
  rule: 'statement',
  statistics: 'statistics',
  'partition key': 'partition key',
  signature: 'signature',
} satisfies Partial<Record<FactKind, SqlPiece>>;

/**
 * How the objects that are found differ from those that are expected. Between two major versions of PostgreSQL, which
 * write the same expression each in its own way, texts that differ are parsed; the parser is loaded only then.
 */
export async function getDifferences(
  expected: CatalogueFacts,
  found: CatalogueFacts,
): Promise<readonly Difference[]> {
  const differences = compareFacts(expected, found);
  const isSameMajor = getMajor(expected.server) === getMajor(found.server);
  if (isSameMajor || !differences.some((difference) => getPieces(difference) !== null)) return differences;
  const { isSameSql, loadParser } = await import('../sql/same-sql.js');
  await loadParser();
  return differences.filter((difference) => {
    const pieces = getPieces(difference);
    return pieces === null || !pieces.every(([piece, one, other]) => isSameSql(piece, one, other));
  });
}

const getMajor = (version: number): number => Math.floor(version / 10_000);

/** What of a difference is SQL that may be written in two ways; null where it has none. */
function getPieces({
  object,
  kind,
  expected,
  found,
}: Difference): readonly (readonly [SqlPiece, string, string])[] | null {
  if (expected === null || found === null) return null;
  if (kind === 'definition') {
    return [[/^(?:materialized )?view /.test(object) ? 'query' : 'function body', expected, found]];
  }
  if (kind === 'trigger') return getParts(/^(.* WHEN )(\(.*\))( EXECUTE .*)$/s, expected, found);
  if (kind === 'generated') return getParts(/^()(\(.*\))( STORED| VIRTUAL)$/s, expected, found);
  const piece = PIECES[kind];
  return piece === undefined ? null : [[piece, expected, found]];
}

// An expression with words around it that must be the same.
function getParts(
  pattern: RegExp,
  one: string,
  other: string,
): readonly (readonly [SqlPiece, string, string])[] | null {
  const [a, b] = [pattern.exec(one), pattern.exec(other)];
  return a === null || b === null || a[1] !== b[1] || a[3] !== b[3] ? null : [['expression', a[2]!, b[2]!]];
}
