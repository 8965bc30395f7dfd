import { createRecord } from './record.js';
import { renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

/**
 * golang-migrate: database/postgres/postgres.go. One row: the newest version; what is numbered lower counts as applied.
 * `dirty` is set while a migration runs, and stays where it failed.
 */
export const golangMigrateLedger: ToolLedger = {
  tool: 'golang-migrate',
  table: { schema: null, table: 'schema_migrations' },
  mend: 'Put right what that migration left half done, then: migrate force VERSION',

  getReadSql: (table) => `select version::text as version, dirty from ${table} order by version`,

  getRecord(history, rows) {
    const newest = rows.at(-1);
    if (newest === undefined) return createRecord(history, []);
    const version = BigInt(String(newest['version']));
    const below = history.migrations.filter(({ id, recorded }) => recorded !== true && BigInt(id) < version);
    const isDirty = rows.some((row) => row['dirty'] === true);
    const versions = [...below.map(({ id }) => ({ id })), { id: String(version) }];
    return createRecord(history, versions, {
      ...(isDirty ? { unfinished: [`${version} (dirty)`] } : {}),
    });
  },

  getCreateSql: (table) => [
    `create table ${renderTable(table)} (version bigint not null primary key, dirty boolean not null)`,
  ],

  // A migration that comes late does not take the mark back.
  getInsertSql(table, { id }) {
    const [name, version] = [renderTable(table), BigInt(id)];
    return [
      `delete from ${name} where version <= ${version}`,
      `insert into ${name} (version, dirty) select ${version}, false where not exists (select from ${name})`,
    ];
  },
};
