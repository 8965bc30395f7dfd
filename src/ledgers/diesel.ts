import { createRecord } from './record.js';
import { renderLiteral, renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

const getCodeId = (name: string): string => name.split('/', 1)[0]!.split('_', 1)[0]!.replaceAll('-', '');

/** Diesel: diesel/src/migration/mod.rs and setup_migration_table.sql. A row for each version that is applied. */
export const dieselLedger: ToolLedger = {
  tool: 'diesel',
  table: { schema: null, table: '__diesel_schema_migrations' },
  mend: 'diesel migration list shows what it has.',
  getReadSql: (table) => `select version from ${table} order by version`,
  getCodeId,
  getRecord: (history, rows) =>
    createRecord(
      history,
      rows.map((row) => ({ id: String(row['version']) })),
      { getCodeId },
    ),
  getCreateSql: (table) => [
    `create table ${renderTable(table)} (
  version varchar(50) primary key not null,
  run_on timestamp not null default current_timestamp
)`,
  ],
  getInsertSql: (table, { id }) => [
    `insert into ${renderTable(table)} (version) values (${renderLiteral(id)})`,
  ],
};
