import type { Migration } from '../model/history.js';
import { getSha384, isTextOf } from './checksums.js';
import { createRecord } from './record.js';
import { renderElapsed, renderLiteral, renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

/** sqlx: sqlx-postgres/src/migrate.rs, sqlx-core/src/migrate. A row for each version, with the SHA-384 of its file. */
export const sqlxLedger: ToolLedger = {
  tool: 'sqlx',
  table: { schema: null, table: '_sqlx_migrations' },
  mend: 'Put right what it left half done, and take its row out of the table, as sqlx demands.',

  getReadSql: (table) =>
    `select version::text as version, success, encode(checksum, 'hex') as checksum from ${table} order by version`,

  getRecord(history, rows) {
    const done = rows.filter((row) => row['success'] === true);
    return createRecord(
      history,
      done.map((row) => ({
        id: String(row['version']),
        isSame: ({ text }) => isTextOf(String(row['checksum']), text, getSha384),
      })),
      { unfinished: rows.filter((row) => row['success'] !== true).map((row) => String(row['version'])) },
    );
  },

  getCreateSql: (table) => [
    `create table ${renderTable(table)} (
  version bigint primary key,
  description text not null,
  installed_on timestamptz not null default now(),
  success boolean not null,
  checksum bytea not null,
  execution_time bigint not null
)`,
  ],

  getInsertSql: (table, migration) => [
    `insert into ${renderTable(table)} (version, description, success, checksum, execution_time)
values (${BigInt(migration.id)}, ${renderLiteral(getDescription(migration))}, true,
  decode('${getSha384(migration.text)}', 'hex'), ${renderElapsed(1_000_000_000, 'bigint')})`,
  ],
};

// source.rs: what stands behind the version, without the ending.
function getDescription({ name }: Migration): string {
  return name
    .slice(name.indexOf('_') + 1)
    .replace(/(?:\.up)?\.sql$/, '')
    .replaceAll('_', ' ');
}
