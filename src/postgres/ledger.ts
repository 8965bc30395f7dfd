import { PlinthError } from '../errors.js';
import { EMPTY_LEDGER, type Ledger, type LedgerState } from '../model/ledger.js';
import { createDenied, explainDenied } from './denied.js';
import { parseFacts, type ServerFacts } from './facts.js';
import {
  getCreateLedgerSql,
  getReadLedgerSql,
  getSatisfiedSql,
  LEDGER_VERSION,
  WAIT_FOR_DISK,
} from './queries.js';
import { renderIdentifier, renderLiteral } from './quote.js';
import {
  getEndRunSql,
  getRecordHistorySql,
  getRecordSelectionSql,
  getStartRunSql,
  type HistoryRecord,
  type RecordScope,
  type RunRecord,
  type SelectionRecord,
} from './record-queries.js';
import type { Row, Session } from './session.js';
import { getSqlState, NO_LEDGER } from './sqlstate.js';

/** Reads what the ledger says about one history, in one round trip; EMPTY_LEDGER where there is none yet. */
export async function readLedger(session: Session, schema: string, history: string): Promise<Ledger> {
  try {
    const [meta, migrations, statements] = await session.execute(getReadLedgerSql(schema, history));
    ensureVersion(schema, meta!.rows[0]?.['version']);
    return {
      exists: true,
      migrations: migrations!.rows.map((row) => ({
        id: String(row['id']),
        name: String(row['name']),
        digests: row['digests'] as string[],
      })),
      statements: statements!.rows.map((row) => ({
        migration: String(row['migration']),
        index: Number(row['index']),
        digest: String(row['digest']),
        state: row['state'] as LedgerState,
      })),
    };
  } catch (error) {
    if (NO_LEDGER.has(getSqlState(error) ?? '')) return EMPTY_LEDGER;
    throw await explainDenied(session, error, `read the ledger in schema ${schema}`);
  }
}

/** Makes the ledger's schema and tables where they are missing, in one transaction; call it under the lock. */
export async function ensureLedger(session: Session, schema: string): Promise<void> {
  const { made, there } = await ensureMayMake(session, schema);
  if (made) return;
  try {
    await session.execute(getCreateLedgerSql(schema, !there));
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    throw await explainDenied(session, error, `make the ledger in schema ${schema}`);
  }
}

/** Throws PERMISSION_DENIED where this user could not write the ledger; makes nothing. */
export async function ensureMayWrite(session: Session, schema: string): Promise<void> {
  const { made } = await ensureMayMake(session, schema);
  if (!made) return;
  const names = ['histories', 'migrations', 'runs', 'statements', 'selections'];
  const tables = names.map((name) => renderLiteral(`${renderIdentifier(schema)}.${name}`)).join(', ');
  const sql = `select t from unnest(array[${tables}]) t
    where not (has_table_privilege(t, 'insert') and has_table_privilege(t, 'update'))`;
  const lacking = (await session.query(sql)).map((row) => String(row['t']));
  if (lacking.length === 0) return;
  const what = `write the ledger in schema ${schema}`;
  throw await createDenied(session, what, `it lacks INSERT or UPDATE on ${lacking.join(', ')}`);
}

/** Whether the ledger and its schema are there; throws PERMISSION_DENIED where it is not and cannot be made. */
async function ensureMayMake(
  session: Session,
  schema: string,
): Promise<{ readonly made: boolean; readonly there: boolean }> {
  const s = renderLiteral(renderIdentifier(schema));
  const [row] = await session.query(`select pg_catalog.to_regclass(${s} || '.meta') is not null as made,
    n.oid is not null as there, has_database_privilege(current_database(), 'create') as may_make,
    coalesce(has_schema_privilege(n.oid, 'create'), false) as may_fill, current_database() as database
    from (select 1) one left join pg_catalog.pg_namespace n on n.nspname = ${renderLiteral(schema)}`);
  const there = row?.['there'] === true;
  if (row?.['made'] === true) return { made: true, there };
  if (row?.[there ? 'may_fill' : 'may_make'] !== true) {
    const what = there
      ? `make the ledger's tables in schema ${schema}`
      : `make the ledger's schema ${schema} in the database ${row?.['database']}`;
    const right = there ? `CREATE on schema ${schema}` : `CREATE on database ${row?.['database']}`;
    throw await createDenied(session, what, `it lacks the right ${right}`);
  }
  return { made: false, there };
}

export interface Satisfied {
  /** The ledger says that all is there, and the tables are there. */
  readonly satisfied: boolean;
  /** Tables that the ledger says were made and that are gone. */
  readonly missing: readonly string[];
  /** The tables of the selection as `schema.name`. */
  readonly tables: readonly string[];
  /** The run that satisfied it. */
  readonly run: string | null;
  /** Null where there is no ledger yet. */
  readonly facts: ServerFacts | null;
}

/**
 * Whether a selection is in the database already: one query, no lock. A missing ledger means no. The server may answer before the
 * digest is there; where that cannot be had, nothing of the answer is told.
 */
export async function isSatisfied(
  session: Session,
  schema: string,
  ask: { readonly history: string; readonly key: string; readonly digest: string | Promise<string> },
): Promise<Satisfied> {
  const answer = session.query(getSatisfiedSql(schema, ask));
  answer.catch(() => {});
  const digest = await ask.digest;
  let rows: readonly Row[];
  try {
    rows = await answer;
  } catch (error) {
    if (NO_LEDGER.has(getSqlState(error) ?? '')) {
      return { satisfied: false, missing: [], tables: [], run: null, facts: null };
    }
    throw await explainDenied(session, error, `read the ledger in schema ${schema}`);
  }
  const [first] = rows;
  ensureVersion(schema, first!['version']);
  const facts = parseFacts(first!);
  const row = rows.find((each) => each['digest'] === digest);
  if (row === undefined) return { satisfied: false, missing: [], tables: [], run: null, facts };
  const missing = row['missing'] as string[];
  const tables = row['tables'] as string[];
  return { satisfied: missing.length === 0, missing, tables, run: row['run'] as string, facts };
}

/** Writes the run's beginning and the history as the folder has it now, in one round trip. */
export async function recordHistory(
  session: Session,
  scope: RecordScope,
  run: RunRecord,
  record: HistoryRecord,
): Promise<void> {
  await session.execute(`${getStartRunSql(scope, run)};\n${getRecordHistorySql(scope, record)}`);
}

/** Writes that the selection is satisfied and how the run ended, in one round trip; after it nothing of the run can be lost. */
export async function recordSelection(
  session: Session,
  scope: RecordScope,
  selection: SelectionRecord,
  outcome: string,
): Promise<void> {
  const statements = [WAIT_FOR_DISK, getRecordSelectionSql(scope, selection), getEndRunSql(scope, outcome)];
  await session.execute(statements.join(';\n'));
}

/** Which of the tables (`schema.name`) another history in the same ledger was asked for, or made. */
export async function readMakers(
  session: Session,
  schema: string,
  history: string,
  tables: readonly string[],
): Promise<readonly { readonly table: string; readonly history: string }[]> {
  const selections = `${renderIdentifier(schema)}.selections`;
  const [there] = await session.query('select pg_catalog.to_regclass($1) is not null as it', [selections]);
  if (tables.length === 0 || there?.['it'] !== true) return [];
  const sql = `select distinct t, s.history from ${selections} s, unnest(s.tables) t
    where s.history <> $1 and t = any ($2::text[]) order by 1, 2`;
  const rows = await session.query(sql, [history, tables]);
  return rows.map((row) => ({ table: String(row['t']), history: String(row['history']) }));
}

/** Writes how a run ended; after it nothing of the run can be lost. */
export async function endRun(session: Session, scope: RecordScope, outcome: string): Promise<void> {
  await session.execute(`${WAIT_FOR_DISK};\n${getEndRunSql(scope, outcome)}`);
}

/** The text of a statement as it was applied (passwords taken out), for a diff; null where the ledger lacks it. */
export async function readStatementSql(
  session: Session,
  schema: string,
  statement: { readonly history: string; readonly migration: string; readonly index: number },
): Promise<string | null> {
  const [row] = await session.query(
    `select sql from ${renderIdentifier(schema)}.statements where history = $1 and migration = $2 and index = $3`,
    [statement.history, statement.migration, statement.index],
  );
  return (row?.['sql'] as string | undefined) ?? null;
}

/** Throws LEDGER_NEWER where a newer Plinth wrote the ledger. */
export function ensureVersion(schema: string, version: unknown): void {
  if (Number(version) > LEDGER_VERSION) {
    throw new PlinthError('LEDGER_NEWER', { schema, version: Number(version) });
  }
}
