import { createHash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { SourcePlace } from '../model/finding.js';
import type { History, Migration, Region } from '../model/history.js';
import type { Statement, StatementRows } from '../model/statement.js';
import { expandRegion } from './expand.js';
import { loadParser, parseSql, type RawStatement, type ScanToken, scanSql, type TreeNode } from './parser.js';
import { createPlaces } from './places.js';
import { createPositions, type Positions } from './position.js';

/** A statement with its parse tree. */
export interface ParsedStatement extends Statement {
  readonly node: TreeNode;
  /** Its lexical tokens without comments. */
  readonly tokens: readonly ScanToken[];
}

interface Problem {
  readonly place: SourcePlace;
  readonly message: string;
}

/**
 * Parses every migration of a history into its statements. BEGIN, COMMIT and the like are left out: the migration's
 * transaction rule says what is committed together, and where that is `none`, each statement's `block`.
 *
 * @throws SQL_INVALID with every place of the history that does not parse.
 */
export async function parseHistory(
  history: Pick<History, 'migrations'>,
): Promise<readonly ParsedStatement[]> {
  await loadParser();
  const statements: ParsedStatement[] = [];
  const problems: Problem[] = [];
  for (const migration of history.migrations) {
    const parsed = parseMigration(migration, statements.length, problems);
    statements.push(...parsed);
  }
  if (problems.length > 0) {
    throw new PlinthError('SQL_INVALID', { problems });
  }
  return statements;
}

function parseMigration(migration: Migration, firstOrdinal: number, problems: Problem[]): ParsedStatement[] {
  const places = createPlaces(migration);
  const statements: ParsedStatement[] = [];
  let blocks = 0;
  let block: number | undefined;
  for (const region of migration.regions) {
    const expanded = expandRegion(migration.text, region, migration.substitutions);
    const positions = createPositions(expanded.text);
    const reject = (offset: number, message: string): void => {
      problems.push({ place: places.getSourcePlace(expanded.getFileOffset(offset)), message });
    };
    const outcome = parseSql(expanded.text);
    if (outcome.error !== null) {
      reject(positions.getOffsetOfCharacter(outcome.error.character), outcome.error.message);
      continue;
    }
    for (const [raw, tokens] of scanStatements(expanded.text, positions, outcome.statements)) {
      if (raw.kind === 'TransactionStmt') {
        const edge = String(raw.node['kind']);
        if (/BEGIN|START/.test(edge)) block ??= ++blocks;
        if (/COMMIT$/.test(edge)) block = raw.node['chain'] === true ? ++blocks : undefined;
        if (!/ROLLBACK|PREPARE/.test(edge)) continue;
        reject(
          positions.getOffsetOfByte(raw.start),
          'a migration that rolls itself back, or leaves the end to others, cannot be applied',
        );
        continue;
      }
      if (tokens.length === 0) continue;
      const from = positions.getOffsetOfByte(tokens[0]!.start);
      const to = positions.getOffsetOfByte(tokens.at(-1)!.end);
      const start = expanded.getFileOffset(from);
      const rows = raw === outcome.statements.at(-1) ? getRows(migration, region) : undefined;
      statements.push({
        ordinal: firstOrdinal + statements.length,
        migration: migration.ordinal,
        index: statements.length,
        kind: raw.kind,
        start,
        end: expanded.getFileOffset(to),
        ...places.getLocation(start),
        digest: getTokensDigest(tokens, rows?.text),
        sql: expanded.text.slice(from, to),
        rows,
        ...(migration.transaction === 'none' && block !== undefined ? { block } : {}),
        node: raw.node,
        tokens,
      });
    }
  }
  return statements;
}

// To scan statement by statement takes half as long again; to scan all at once, hundreds of bytes for each token.
const SCANNED_BYTES = 1 << 16;

/** Statements with their tokens, comments left out; `start` and `end` count from the beginning of the text. */
function* scanStatements(
  text: string,
  positions: Positions,
  statements: readonly RawStatement[],
): Iterable<readonly [RawStatement, readonly ScanToken[]]> {
  for (let at = 0; at < statements.length; ) {
    const { start } = statements[at]!;
    let after = at + 1;
    while (after < statements.length && statements[after]!.end - start <= SCANNED_BYTES) after += 1;
    const group = statements.slice(at, after);
    const part = [start, group.at(-1)!.end].map(positions.getOffsetOfByte);
    const tokens = scanSql(text.slice(...part), start).filter(
      ({ name }) => name !== 'SQL_COMMENT' && name !== 'C_COMMENT',
    );
    let next = 0;
    for (const raw of group) {
      while (next < tokens.length && tokens[next]!.start < raw.start) next += 1;
      const first = next;
      while (next < tokens.length && tokens[next]!.start < raw.end) next += 1;
      yield [raw, tokens.slice(first, next)];
    }
    at = after;
  }
}

function getRows({ text }: Migration, { rows }: Region): StatementRows | undefined {
  return rows === undefined ? undefined : { ...rows, text: text.slice(rows.start, rows.end) };
}

/** A digest that stays the same when only comments, white space, the case of keywords or line ends change. */
function getTokensDigest(tokens: readonly ScanToken[], rows: string | undefined): string {
  const hash = createHash('sha256');
  for (const token of tokens) {
    // A body between quotes is one token: its line ends must not count either.
    hash.update(token.keyword ? token.text.toLowerCase() : token.text.replaceAll('\r\n', '\n'));
    hash.update('\0');
  }
  if (rows !== undefined) hash.update(rows.replaceAll('\r\n', '\n'));
  return hash.digest('hex').slice(0, 16);
}

/** A digest over all statements of a history. */
export function getStatementsDigest(statements: readonly Pick<Statement, 'migration' | 'digest'>[]): string {
  const hash = createHash('sha256');
  for (const { migration, digest } of statements) hash.update(`${migration}:${digest}\n`);
  return hash.digest('hex');
}
