import { hash } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { SourcePlace } from '../model/finding.js';
import type { History, Migration, Region } from '../model/history.js';
import type { Statement, StatementRows } from '../model/statement.js';
import { type Canonical, readCanonical, readTokens } from './canonical.js';
import { expandRegion } from './expand.js';
import { loadParser, parseSql, type ScanToken, type TreeNode } from './parser.js';
import { createPlaces } from './places.js';
import { createPositions } from './position.js';

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
  return await parseEach(history, (statement) => statement);
}

/** As parseHistory, and keeps of each statement what `take` makes of it: trees of a whole history are tens of megabytes. */
export async function parseEach<T>(
  history: Pick<History, 'migrations'>,
  take: (statement: ParsedStatement) => T,
): Promise<readonly T[]> {
  await loadParser();
  const taken: T[] = [];
  const problems: Problem[] = [];
  for (const migration of history.migrations) {
    for (const statement of parseMigration(migration, taken.length, problems)) taken.push(take(statement));
  }
  if (problems.length > 0) {
    throw new PlinthError('SQL_INVALID', { problems });
  }
  return taken;
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
    for (const raw of outcome.statements) {
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
      const [first, after] = [raw.start, raw.end].map(positions.getOffsetOfByte) as [number, number];
      const canonical = readCanonical(expanded.text.slice(first, after));
      if (canonical === null) continue;
      const [from, to] = [first + canonical.start, first + canonical.end];
      const sql = expanded.text.slice(from, to);
      const start = expanded.getFileOffset(from);
      let tokens: readonly ScanToken[] | undefined;
      const rows = raw === outcome.statements.at(-1) ? getRows(migration, region) : undefined;
      statements.push({
        ordinal: firstOrdinal + statements.length,
        migration: migration.ordinal,
        index: statements.length,
        kind: raw.kind,
        start,
        end: expanded.getFileOffset(to),
        ...places.getLocation(start),
        digest: getDigest(canonical, rows?.text),
        sql,
        rows,
        ...(migration.transaction === 'none' && block !== undefined ? { block } : {}),
        node: raw.node,
        // Most statements are never asked for them.
        get tokens() {
          tokens ??= readTokens(sql);
          return tokens;
        },
      });
    }
  }
  return statements;
}

function getRows({ text }: Migration, { rows }: Region): StatementRows | undefined {
  return rows === undefined ? undefined : { ...rows, text: text.slice(rows.start, rows.end) };
}

/** A digest that stays the same when only comments, white space, the case of keywords or line ends change. */
function getDigest({ text }: Canonical, rows: string | undefined): string {
  return hash('sha256', rows === undefined ? text : text + rows.replaceAll('\r\n', '\n')).slice(0, 16);
}

/** A digest over all statements of a history. */
export function getStatementsDigest(statements: readonly Pick<Statement, 'migration' | 'digest'>[]): string {
  return hash('sha256', statements.map(({ migration, digest }) => `${migration}:${digest}\n`).join(''));
}
