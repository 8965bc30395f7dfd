import { describe, expect, test } from 'vitest';
import { getToolLedger } from '../../src/ledgers/tool-ledgers.js';
import type { LedgerTool } from '../../src/model/tool-ledger.js';
import { readMemory } from '../sources/memory.js';
import { readTool } from './support.js';

/** What is written for the second migration, on one line; what is random or long is cut. */
async function getInsert(tool: LedgerTool): Promise<string[]> {
  const ledger = getToolLedger(tool);
  const history = await readTool(tool);
  return ledger.getInsertSql({ schema: 'app', table: 'its "table"' }, history.migrations[1]!).map((sql) =>
    sql
      .replace(/\s+/g, ' ')
      .replace(/'[0-9a-f-]{36}'/, "'UUID'")
      .replace(/'[0-9a-f]{64,}'/, (hash) => `'${hash.length - 2} hex digits'`),
  );
}

const ELAPSED = '(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp())';

const INSERTS: Readonly<Record<LedgerTool, readonly string[]>> = {
  goose: ['insert into "app"."its ""table""" (version_id, is_applied) values (2, true)'],
  'golang-migrate': [
    'delete from "app"."its ""table""" where version <= 2',
    'insert into "app"."its ""table""" (version, dirty) select 2, false where not exists (select from "app"."its ""table""")',
  ],
  flyway: [
    'insert into "app"."its ""table""" (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success) ' +
      `select coalesce(max(installed_rank), 0) + 1, '002', 'a step', 'SQL', 'V002__a_step.sql', -878807069, current_user, ${ELAPSED} * 1000)::integer, true from "app"."its ""table"""`,
  ],
  prisma: [
    'insert into "app"."its ""table""" (id, checksum, started_at, finished_at, migration_name, applied_steps_count) ' +
      "values ('UUID', '64 hex digits', pg_catalog.now(), pg_catalog.clock_timestamp(), '20240102030402_step', 1)",
  ],
  dbmate: [`insert into "app"."its ""table""" (version) values ('20240102030402')`],
  sqlx: [
    'insert into "app"."its ""table""" (version, description, success, checksum, execution_time) ' +
      `values (20240102030402, 'a step', true, decode('96 hex digits', 'hex'), ${ELAPSED} * 1000000000)::bigint)`,
  ],
  drizzle: [`insert into "app"."its ""table""" (hash, created_at) values ('64 hex digits', 1700000001000)`],
  diesel: [`insert into "app"."its ""table""" (version) values ('20240102030402')`],
  'node-pg-migrate': [
    `insert into "app"."its ""table""" (name, run_on) select '1700000000001_step', greatest(pg_catalog.now()::timestamp, max(run_on)) from "app"."its ""table"""`,
  ],
};

describe('a migration that was applied', () => {
  test.each(Object.entries(INSERTS) as [LedgerTool, readonly string[]][])(
    'is written as %s writes it',
    async (tool, sql) => {
      expect(await getInsert(tool)).toEqual(sql);
    },
  );

  test('is one of Flyway with dots in its version, in a subfolder, or one that is repeatable', async () => {
    const history = await readMemory({ 'a/V1_02.sql': '', 'b/R__the_view.sql': '' }, { format: 'flyway' });
    const flyway = getToolLedger('flyway');
    const [first, second] = history.migrations.map(
      (migration) => flyway.getInsertSql({ schema: 'a', table: 'b' }, migration)[0],
    );
    expect(first).toContain("'1.02', '', 'SQL', 'a/V1_02.sql', 0,");
    expect(second).toContain("NULL, 'the view', 'SQL', 'b/R__the_view.sql', 0,");
  });

  test('is not written for Drizzle where its time is not known, or the table is that of 1.0', async () => {
    const { getRefusal } = getToolLedger('drizzle');
    const journal = { 'meta/_journal.json': '{ "entries": [{ "tag": "0000_a" }] }', '0000_a.sql': '' };
    expect(getRefusal?.(await readMemory(journal))).toBe('the journal has no "when" for 0000_a');
    const folders = { '20240102030405_a/migration.sql': '', '20240102030405_a/snapshot.json': '{}' };
    expect(getRefusal?.(await readMemory(folders))).toMatch(/1\.0/);
    expect(getRefusal?.(await readTool('drizzle'))).toBeNull();
  });
});
