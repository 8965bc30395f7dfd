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
  const statements = kept.statements.map(
    ({ start, end, digest, rows, ...told }, ordinal): PlannableStatement => {
      const own = history.migrations[told.migration]!;
      return {
        ...told,
        ordinal,
        digest: getLedgerDigest(digest, own),
        sql: getExpandedText(own.text, { start, end }, own.substitutions),
        rows: rows === undefined ? undefined : own.text.slice(...rows),
        effect: null,
      };
    },
  );
  return { statements, meaning: kept.meaning };
}

/** A statement as a plan takes it, and where it stands in its file, with the digest of its tokens. */
export interface ToldStatement {
  readonly plannable: PlannableStatement;
  readonly span: Pick<Statement, 'migration' | 'start' | 'end' | 'digest' | 'rows'>;
}

/** Keeps what the parser told of a history for the next run; nothing where a statement is not what its place in the file says. */
export async function keepStatements(
  { history, options }: Prepared,
  told: readonly ToldStatement[],
  meaning: string,
): Promise<void> {
  if (options.cacheDir === false) return;
  const isWhole = told.every(({ plannable: { migration, sql }, span }) => {
    const { text, substitutions } = history.migrations[migration]!;
    return getExpandedText(text, span, substitutions) === sql;
  });
  if (!isWhole) return;
  const statements = told.map(({ plannable, span }): KeptStatement => {
    const { migration, index, kind, file, line, column, block } = plannable;
    const { outside, session, roles, concurrently } = plannable;
    const { start, end, digest, rows } = span;
    return {
      ...{ migration, index, kind, file, line, column, block, start, end, digest },
      ...{ outside, session, roles, concurrently },
      rows: rows === undefined ? undefined : [rows.start, rows.end],
    };
  });
  await writeCachedStatements(options.cacheDir, getKey(history), { statements, meaning });
}
