import type { History } from '../model/history.js';
import type { Statement } from '../model/statement.js';
import {
  type KeptStatement,
  readCachedStatements,
  writeCachedStatements,
} from '../observe/statement-cache.js';
import { getLedgerDigest } from '../plan/ledger-digest.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { getExpandedText } from '../sql/expand.js';
import { VERSION } from '../version.js';
import type { Prepared } from './prepared.js';

/** Another version may read the same text in another way. */
const getKey = ({ digest }: History): string => `${digest}-${VERSION}`;

/** The statements of a history that an earlier run parsed; null where none are kept. */
export function readKeptStatements({
  history,
  options,
}: Prepared): { readonly statements: readonly PlannableStatement[]; readonly meaning: string } | null {
  const kept = options.cacheDir === false ? null : readCachedStatements(options.cacheDir, getKey(history));
  if (kept === null) return null;
  const statements = kept.statements.map((statement, ordinal): PlannableStatement => {
    const { migration, index, kind, file, line, column, block, digest, rows } = statement;
    const { outside, session, roles, concurrently } = statement;
    const own = history.migrations[migration]!;
    return {
      ordinal,
      migration,
      index,
      kind,
      file,
      line,
      column,
      digest: getLedgerDigest(digest, own),
      sql: getExpandedText(own.text, statement, own.substitutions),
      rows: rows === undefined ? undefined : own.text.slice(...rows),
      block,
      outside,
      session,
      roles,
      concurrently,
      effect: null,
    };
  });
  return { statements, meaning: kept.meaning };
}

/** Where a statement stands in its file, and the digest of its tokens. */
type Span = Pick<Statement, 'start' | 'end' | 'digest' | 'rows'>;

/** Keeps what the parser told of a history for the next run; nothing where a statement is not what its place in the file says. */
export function keepStatements(
  { history, options }: Prepared,
  statements: readonly PlannableStatement[],
  spans: readonly Span[],
  meaning: string,
): void {
  if (options.cacheDir === false) return;
  const isWhole = statements.every(({ migration, sql }, at) => {
    const { text, substitutions } = history.migrations[migration]!;
    return getExpandedText(text, spans[at]!, substitutions) === sql;
  });
  if (!isWhole) return;
  const kept = statements.map((statement, at): KeptStatement => {
    const { migration, index, kind, file, line, column, block } = statement;
    const { outside, session, roles, concurrently } = statement;
    const { start, end, digest, rows } = spans[at]!;
    return {
      ...{ migration, index, kind, file, line, column, block, start, end, digest },
      ...{ outside, session, roles, concurrently },
      rows: rows === undefined ? undefined : [rows.start, rows.end],
    };
  });
  writeCachedStatements(options.cacheDir, getKey(history), { statements: kept, meaning });
}
