import { createRecord } from './record.js';
import { renderLiteral, renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

const getCodeId = (name: string): string => name.replace(/\.[^.]+$/, '');

/** node-pg-migrate: src/runner.ts, src/migration.ts. A row for each name that is applied, in the order in which they ran. */
export const nodePgMigrateLedger: ToolLedger = {
  tool: 'node-pg-migrate',
  table: { schema: 'public', table: 'pgmigrations' },
  mend: 'Its table lists what it has.',
  getReadSql: (table) => `select name from ${table} order by run_on, id`,
  getCodeId,
  getRecord: (history, rows) =>
    createRecord(
      history,
      rows.map((row) => ({ id: String(row['name']) })),
      { getCodeId },
    ),
  getCreateSql: (table) => [
    `create table ${renderTable(table)} (id serial primary key, name varchar(255) not null, run_on timestamp not null)`,
  ],
  // It refuses to go on where the order of `run_on` is not that of the files.
  getInsertSql(table, { id }) {
    const name = renderTable(table);
    return [
      `insert into ${name} (name, run_on) select ${renderLiteral(id)}, greatest(pg_catalog.now()::timestamp, max(run_on)) from ${name}`,
    ];
  },
};
