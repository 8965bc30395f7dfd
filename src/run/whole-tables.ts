import { isPlinthError, TableExistsError } from '../errors.js';
import type { Ledger } from '../model/ledger.js';
import type { ResolvedPlanOptions } from '../options.js';
import { readNamedRelations } from '../postgres/catalogue.js';
import { withReadOnly } from '../postgres/read-only.js';
import type { Session } from '../postgres/session.js';
import type { Planner } from './planning.js';

const NAME = String.raw`((?:(?:"(?:[^"]|"")+"|[\w$]+)\s*\.\s*)?(?:"(?:[^"]|"")+"|[\w$]+))`;
const CREATE_TABLE = new RegExp(
  String.raw`^create\s+(?:unlogged\s+)?table\s+(if\s+not\s+exists\s+)?${NAME}`,
  'i',
);

/** The table that a statement makes by name, as it stands there; null where it makes none. */
export function getNamedTable(
  sql: string,
): { readonly name: string; readonly isConditional: boolean } | null {
  const [, condition, name] = CREATE_TABLE.exec(sql) ?? [];
  return name === undefined ? null : { name, isConditional: condition !== undefined };
}

/**
 * A whole history is not watched, unless tables that it makes are there already and in no ledger: only who watched it knows
 * whether they are what it leaves. Does nothing where there are none.
 *
 * @throws TableExistsError where some are, and it cannot be watched.
 */
export async function watchForTables(
  session: Session | null,
  planner: Planner,
  ledger: Ledger,
  { searchPath }: Pick<ResolvedPlanOptions, 'searchPath'>,
): Promise<void> {
  if (session === null || planner.watched !== null) return;
  const applied = new Set(ledger.statements.map(({ digest }) => digest));
  const made = planner.statements.flatMap(({ sql, digest }) => {
    const table = applied.has(digest) ? null : getNamedTable(sql);
    return table === null ? [] : [table];
  });
  const there = await withReadOnly(session, async () => {
    if (searchPath !== null) await session.execute(`set local search_path = ${searchPath}`);
    return await readNamedRelations(session, [...new Set(made.map(({ name }) => name))]);
  }).catch(() => new Set<string>()); // A session that is lost is met again, and opened anew, by what comes next.
  if (there.size === 0) return;
  try {
    await planner.watch();
  } catch (error) {
    if (!isPlinthError(error) || !CANNOT_WATCH.has(error.code)) throw error;
    // What makes a table only where there is none goes on as its tool would.
    const tables = made.filter(({ name, isConditional }) => there.has(name) && !isConditional);
    if (tables.length === 0) return;
    const names = [...new Set(tables.map(({ name }) => name))];
    throw new TableExistsError(
      'TABLE_EXISTS',
      { tables: names, unclear: names.map((name) => ({ name, reason: error.message })) },
      { cause: error },
    );
  }
}

const CANNOT_WATCH: ReadonlySet<string> = new Set([
  'SCRATCH_UNAVAILABLE',
  'OBSERVATION_FAILED',
  'SERVER_FILE_REFUSED',
]);
