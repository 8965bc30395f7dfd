import type { History } from '../model/history.js';
import { getSha256, isTextOf } from './checksums.js';
import { createRecord } from './record.js';
import { renderIdentifier, renderTable } from './render.js';
import type { ToolLedger } from './tool.js';

/**
 * Drizzle: migrate in pg-core/dialect.ts, migrator.ts. A row for each migration, with the journal's `when` and the SHA-256
 * of its file. drizzle runs what is newer than the newest row; what is older and has no row never ran.
 */
export const drizzleLedger: ToolLedger = {
  tool: 'drizzle',
  table: { schema: 'drizzle', table: '__drizzle_migrations' },
  mend: 'Its table lists what it has.',

  getReadSql: (table) => `select hash, created_at::text as at from ${table} order by created_at, id`,

  getRecord(history, rows) {
    const byTime = new Map(history.migrations.map(({ id, entry }) => [String(entry?.when), id]));
    return createRecord(
      history,
      rows.map((row) => {
        const [at, hash] = [String(row['at']), String(row['hash'])];
        const name = `${at} (${getDate(at)})`;
        return { id: byTime.get(at) ?? '', name, isSame: ({ text }) => isTextOf(hash, text, getSha256) };
      }),
    );
  },

  getRefusal({ migrations }: History): string | null {
    if (migrations.some(({ name }) => name.endsWith('/migration.sql')))
      return 'the table of drizzle 1.0, whose folders these are, is not written';
    const lacking = migrations.find(({ entry }) => entry?.when === undefined);
    return lacking === undefined ? null : `the journal has no "when" for ${lacking.id}`;
  },

  getCreateSql: (table) => [
    `create schema if not exists ${renderIdentifier(table.schema)}`,
    `create table ${renderTable(table)} (id serial primary key, hash text not null, created_at bigint)`,
  ],

  getInsertSql: (table, { text, entry }) => [
    `insert into ${renderTable(table)} (hash, created_at) values ('${getSha256(text)}', ${Number(entry?.when)})`,
  ],
};

function getDate(at: string): string {
  const date = new Date(Number(at));
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
}
