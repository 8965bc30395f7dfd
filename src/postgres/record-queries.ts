import type { LedgerState } from '../model/ledger.js';
import { renderIdentifier, renderLiteral, renderTextArray } from './quote.js';

/** A row of the ledger's `statements`. */
export interface StatementRow {
  readonly migration: string;
  readonly index: number;
  readonly digest: string;
  readonly state: LedgerState;
  readonly sql: string;
}

/** Whose rows they are. */
export interface RecordScope {
  readonly schema: string;
  readonly history: string;
  readonly run: string;
}

/** Writes the rows of statements; one INSERT, to go into the transaction of the migration itself. */
export function getRecordStatementsSql(scope: RecordScope, rows: readonly StatementRow[]): string {
  const values = rows.map(
    (row) =>
      `(${[
        renderLiteral(scope.history),
        renderLiteral(row.migration),
        row.index,
        renderLiteral(row.digest),
        renderLiteral(row.state),
        renderLiteral(renderWithoutPasswords(row.sql)),
        renderLiteral(scope.run),
      ].join(', ')})`,
  );
  return `insert into ${renderIdentifier(scope.schema)}.statements (history, migration, index, digest, state, sql, run)
values ${values.join(',\n')}
on conflict (history, migration, index) do update
set digest = excluded.digest, state = excluded.state, sql = excluded.sql, run = excluded.run, at = excluded.at`;
}

/** Takes the rows of statements away that a changed repeatable migration left behind. */
export function getForgetStatementsSql(
  scope: RecordScope,
  { migration, indexes }: { readonly migration: string; readonly indexes: readonly number[] },
): string {
  return `delete from ${renderIdentifier(scope.schema)}.statements where history = ${renderLiteral(scope.history)}
and migration = ${renderLiteral(migration)} and index in (${indexes.map(Number).join(', ')})`;
}

// After PASSWORD: a literal inside of another literal (of a DO block), a literal, a dollar-quoted one.
const PASSWORD =
  /(\bpassword\b\s*=?\s*)(?:''(?!')(?:[^'\\]|''''|\\[\s\S])+''|[eE]?'(?:[^'\\]|''|\\[\s\S])*'|\$(\w*)\$[\s\S]*?\$\2\$)/gi;

/** Takes literals after PASSWORD out: the ledger must hold no secret. */
export function renderWithoutPasswords(sql: string): string {
  return sql.replace(PASSWORD, "$1'***'");
}

export interface HistoryRecord {
  readonly format: string;
  readonly location: string;
  readonly digest: string;
  readonly migrations: readonly {
    readonly id: string;
    readonly ordinal: number;
    readonly name: string;
    readonly digests: readonly string[];
  }[];
}

/** Writes the history as the folder has it now; rows of migrations that the folder lost stay. */
export function getRecordHistorySql(scope: RecordScope, record: HistoryRecord): string {
  const s = renderIdentifier(scope.schema);
  const history = renderLiteral(scope.history);
  const head = [scope.history, record.format, record.location, record.digest, scope.run].map(renderLiteral);
  const statements = [
    `insert into ${s}.histories (name, format, location, digest, run) values (${head.join(', ')})
on conflict (name) do update set format = excluded.format, location = excluded.location,
  digest = excluded.digest, run = excluded.run, at = excluded.at`,
  ];
  const rows = record.migrations.map(
    (m) =>
      `(${history}, ${renderLiteral(m.id)}, ${m.ordinal}, ${renderLiteral(m.name)}, ${renderTextArray(m.digests)})`,
  );
  if (rows.length > 0) {
    statements.push(`insert into ${s}.migrations as m (history, id, ordinal, name, digests)
values ${rows.join(',\n')}
on conflict (history, id) do update set ordinal = excluded.ordinal, name = excluded.name, digests = excluded.digests
where (m.ordinal, m.name, m.digests) is distinct from (excluded.ordinal, excluded.name, excluded.digests)`);
  }
  return statements.join(';\n');
}

export interface SelectionRecord {
  readonly service: string;
  /** Tells selections apart, say a digest of the wanted tables. */
  readonly key: string;
  /** Of what the selection was satisfied from; another digest means: look again. */
  readonly digest: string;
  /** `schema.name` of the tables that must be there for it to stay satisfied. */
  readonly tables: readonly string[];
}

/** Writes that a selection is satisfied, so that the next look is one query. */
export function getRecordSelectionSql(scope: RecordScope, selection: SelectionRecord): string {
  const values = [scope.history, selection.service, selection.key, selection.digest].map(renderLiteral);
  return `insert into ${renderIdentifier(scope.schema)}.selections (history, service, key, digest, tables, run)
values (${values.join(', ')}, ${renderTextArray(selection.tables)}, ${renderLiteral(scope.run)})
on conflict (history, service, key) do update
set digest = excluded.digest, tables = excluded.tables, run = excluded.run, at = excluded.at`;
}

export interface RunRecord {
  readonly service: string;
  readonly applicationName: string;
  readonly plinthVersion: string;
}

/** Writes that a run began; does nothing where it is there already (a run that reconnected). */
export function getStartRunSql(scope: RecordScope, run: RunRecord): string {
  const values = [scope.run, scope.history, run.service, run.applicationName, run.plinthVersion];
  return `insert into ${renderIdentifier(scope.schema)}.runs (id, history, service, application_name, plinth_version)
values (${values.map(renderLiteral).join(', ')}) on conflict (id) do nothing`;
}

/** Writes how a run ended. */
export function getEndRunSql(scope: RecordScope, outcome: string): string {
  return `update ${renderIdentifier(scope.schema)}.runs
set ended_at = now(), outcome = ${renderLiteral(outcome)} where id = ${renderLiteral(scope.run)}`;
}
