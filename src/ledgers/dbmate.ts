import { createRecord } from './record.js';
import { renderLiteral, renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

/** dbmate: pkg/driver/postgres/postgres.go. A row for each version that is applied. */
export const dbmateLedger: ToolLedger = {
  tool: 'dbmate',
  table: { schema: null, table: 'schema_migrations' },
  mend: 'dbmate status shows what it has.',
  getReadSql: (table) => `select version::text as version from ${table} order by version`,
  getRecord: (history, rows) =>
    createRecord(
      history,
      rows.map((row) => ({ id: String(row['version']) })),
    ),
  getCreateSql: (table) => [`create table ${renderTable(table)} (version varchar primary key)`],
  getInsertSql: (table, { id }) => [
    `insert into ${renderTable(table)} (version) values (${renderLiteral(id)})`,
  ],
};
