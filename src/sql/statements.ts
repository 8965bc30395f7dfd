import { createHash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { SourcePlace } from '../model/finding.js';
import type { History, Migration } from '../model/history.js';
import type { Statement } from '../model/statement.js';
import { expandRegion } from './expand.js';
import { loadParser, parseSql, type ScanToken, scanSql, type TreeNode } from './parser.js';
import { createPositions, getSourcePlace } from './position.js';

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
 * Parses every migration of a history into its statements. BEGIN, COMMIT and the like are left out: the
 * migration's transaction rule says what is committed together.
 *
 * @throws SQL_INVALID with every place of the history that does not parse.
 */
export async function parseHistory(history: History): Promise<readonly ParsedStatement[]> {
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
  const filePositions = createPositions(migration.text);
  const statements: ParsedStatement[] = [];
  for (const region of migration.regions) {
    const expanded = expandRegion(migration.text, region, migration.substitutions);
    const positions = createPositions(expanded.text);
    const outcome = parseSql(expanded.text);
    if (outcome.error !== null) {
      const offset = expanded.getFileOffset(positions.getOffsetOfCharacter(outcome.error.character));
      problems.push({
        place: getSourcePlace(migration.name, migration.text, offset),
        message: outcome.error.message,
      });
      continue;
    }
    for (const raw of outcome.statements) {
      if (raw.kind === 'TransactionStmt') {
        if (!/ROLLBACK|PREPARE/.test(String(raw.node['kind']))) continue;
        const offset = expanded.getFileOffset(positions.getOffsetOfByte(raw.start));
        const message = 'a migration that rolls itself back, or leaves the end to others, cannot be applied';
        problems.push({ place: getSourcePlace(migration.name, migration.text, offset), message });
        continue;
      }
      const rough = expanded.text.slice(
        positions.getOffsetOfByte(raw.start),
        positions.getOffsetOfByte(raw.end),
      );
      const tokens = scanSql(rough).filter(
        (token) => token.name !== 'SQL_COMMENT' && token.name !== 'C_COMMENT',
      );
      if (tokens.length === 0) continue;
      const inner = createPositions(rough);
      const base = positions.getOffsetOfByte(raw.start);
      const from = base + inner.getOffsetOfByte(tokens[0]!.start);
      const to = base + inner.getOffsetOfByte(tokens.at(-1)!.end);
      const start = expanded.getFileOffset(from);
      statements.push({
        ordinal: firstOrdinal + statements.length,
        migration: migration.ordinal,
        index: statements.length,
        kind: raw.kind,
        start,
        end: expanded.getFileOffset(to),
        ...filePositions.getLineAndColumn(start),
        digest: getTokensDigest(tokens),
        sql: expanded.text.slice(from, to),
        node: raw.node,
        tokens,
      });
    }
  }
  return statements;
}

/** A digest that stays the same when only comments, white space or the case of keywords change. */
function getTokensDigest(tokens: readonly ScanToken[]): string {
  const hash = createHash('sha256');
  for (const token of tokens) {
    // A body between quotes is one token: its line ends must not count either.
    hash.update(token.keyword ? token.text.toLowerCase() : token.text.replaceAll('\r\n', '\n'));
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** A digest over all statements of a history. */
export function getStatementsDigest(statements: readonly Pick<Statement, 'migration' | 'digest'>[]): string {
  const hash = createHash('sha256');
  for (const { migration, digest } of statements) hash.update(`${migration}:${digest}\n`);
  return hash.digest('hex');
}
