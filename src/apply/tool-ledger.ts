import type { Finding } from '../model/finding.js';
import type { Ledger } from '../model/ledger.js';
import type { Plan } from '../model/plan.js';
import { explainRefusal } from '../postgres/denied.js';
import { getRecordStatementsSql, type RecordScope, type StatementRow } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';

/** What another tool's table means for a run. */
export interface ToolReconciled {
  /** Plinth's ledger with what the tool applied. */
  readonly ledger: Ledger;
  /** What Plinth's ledger is to get of that. */
  readonly rows: readonly StatementRow[];
  readonly findings: readonly Finding[];
  /** Null where the tool's table is not written. */
  readonly writer: ToolWriter | null;
}

/** Writes into another tool's table. */
export interface ToolWriter {
  /** What messages call the table. */
  readonly table: string;
  /** Makes it; empty where it is there. */
  readonly create: readonly string[];
  /** Ordinals of the migrations that it lacks, in order. */
  readonly pending: readonly number[];
  getInsertSql(migration: number): readonly string[];
}

/** The statements that write a plan's migrations into a tool's table. */
export interface ToolSql {
  /** Of those that are in the database before anything runs. */
  readonly before: readonly string[];
  /** Of a migration, and of those just before it that have nothing to run; for the transaction in which it ends. */
  readonly at: ReadonlyMap<number, readonly string[]>;
  /** Of those behind the last one. */
  readonly after: readonly string[];
}

const NONE: ToolSql = { before: [], at: new Map(), after: [] };

/** Gives each migration that a tool's table lacks its place in a run. */
export function getToolSql(writer: ToolWriter | null, { migrations }: Pick<Plan, 'migrations'>): ToolSql {
  if (writer === null) return NONE;
  const planned = migrations.map(({ ordinal }) => ordinal);
  const render = (ordinals: readonly number[]): readonly string[] =>
    ordinals.flatMap((ordinal) => writer.getInsertSql(ordinal));
  const [first = Number.POSITIVE_INFINITY, last = Number.NEGATIVE_INFINITY] = [planned[0], planned.at(-1)];
  return {
    before: render(writer.pending.filter((ordinal) => ordinal < first)),
    at: new Map(
      planned.map((ordinal, at) => {
        const from = planned[at - 1] ?? first - 1;
        return [ordinal, render(writer.pending.filter((other) => other > from && other <= ordinal))];
      }),
    ),
    after: render(writer.pending.filter((ordinal) => ordinal >= first && ordinal > last)),
  };
}

/** Makes the tool's table where it is missing. */
export async function ensureToolTable(
  session: Session,
  target: string,
  writer: ToolWriter | null,
): Promise<void> {
  if (writer === null || writer.create.length === 0) return;
  try {
    await session.execute(['begin', ...writer.create, 'commit'].join(';\n'));
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    throw await explainRefusal(session, error, { target, what: `make the table ${writer.table}` });
  }
}

/** Writes rows for Plinth's ledger and statements for the tool's table in one transaction; nothing where there are none. */
export async function recordTaken(
  session: Session,
  scope: RecordScope,
  rows: readonly StatementRow[],
  sql: readonly string[],
): Promise<void> {
  if (rows.length === 0 && sql.length === 0) return;
  const own = rows.length === 0 ? [] : [getRecordStatementsSql(scope, rows)];
  try {
    await session.execute(['begin', ...own, ...sql, 'commit'].join(';\n'));
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    throw error;
  }
}
