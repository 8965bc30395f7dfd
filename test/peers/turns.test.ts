import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEDGER_PEERS } from '../../scripts/peers/peers.js';
import { apply } from '../../src/index.js';
import { getToolLedger } from '../../src/ledgers/tool-ledgers.js';
import { findMigrate, type Migrate } from '../support/peers.js';
import { type RunServer, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';
import { createToolFiles, TOOL_SQL } from '../support/tool-folders.js';

let server: RunServer;
let port: number;
beforeAll(async () => {
  port = await getFreePort();
  server = await startRunServer({}, port);
});
afterAll(() => server?.stop());

/** What tells one run from another, and nothing of what was applied. */
const VOLATILE = 'id tstamp installed_on installed_by execution_time run_on started_at finished_at'.split(
  ' ',
);

describe.each(LEDGER_PEERS)('%s and Plinth', (tool) => {
  const migrate = findMigrate(tool) as Migrate;
  const { table, schema } = getToolLedger(tool).table;
  const name = `${schema ?? 'public'}.${table}`;

  /** A database that the tool reaches over TCP, too. */
  const createScene = async (sql: readonly string[] = TOOL_SQL) => {
    const [folders, local] = await Promise.all([
      Promise.all([2, 3, 4].map((length) => server.createFolder(createToolFiles(tool, length, sql)))),
      server.createDatabase(),
    ]);
    const database = new URL(local).pathname.slice(1);
    const options = { url: local, cacheDir: server.cacheDir, format: tool, timeout: '5m' };
    return {
      half: folders[0]!,
      most: folders[1]!,
      all: folders[2]!,
      url: `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`,
      query: (text: string) => server.query(local, text),
      readRows: async () => {
        const rows = await server.query(
          local,
          `select to_jsonb(t) - '{${VOLATILE}}'::text[] as row from ${name} t order by 1`,
        );
        return rows.map(({ row }) => row);
      },
      plinth: (migrations: string, more = {}) =>
        apply({ ...options, migrations, writeLedger: tool, ...more }),
    };
  };

  /** The table as the catalogue has it. */
  const readTable = async (scene: Awaited<ReturnType<typeof createScene>>) =>
    await scene.query(`select * from (
      select 1 as kind, a.attnum::text as name, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)) as what
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = '${name}'::regclass and a.attnum > 0
      union all select 2, c.conname, pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = '${name}'::regclass
      union all select 3, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = '${name}'::regclass
    ) t order by 1, 2`);

  test.skipIf(migrate === null)(
    'half a history by the tool, the rest by Plinth: the tool has nothing to do',
    async () => {
      const scene = await createScene();
      await migrate(scene.url, scene.half);
      const result = await scene.plinth(scene.most, { trustLedger: tool });
      expect(result).toMatchObject({ outcome: 'applied', already: 4, created: ['public.invoices'] });
      const rows = await scene.readRows();
      await migrate(scene.url, scene.most);
      expect(await scene.readRows()).toEqual(rows);
      // The tool goes on, and Plinth after it.
      await migrate(scene.url, scene.all);
      const last = await scene.plinth(scene.all, { trustLedger: tool });
      expect(last).toMatchObject({
        outcome: 'nothing-to-do',
        already: 6,
        findings: [{ code: 'TOOL_LEDGER_TRUSTED' }],
      });
    },
  );

  test.skipIf(migrate === null)(
    'all of it by Plinth: the tool finds its own table, and runs one more migration alone',
    async () => {
      const [ours, theirs] = [await createScene(), await createScene()];
      await ours.plinth(ours.most);
      await migrate(theirs.url, theirs.most);
      expect(await readTable(ours)).toEqual(await readTable(theirs));
      expect(await ours.readRows()).toEqual(await theirs.readRows());
      await migrate(ours.url, ours.all);
      await migrate(theirs.url, theirs.all);
      expect(await ours.readRows()).toEqual(await theirs.readRows());
      expect(await ours.query('select mail from customers')).toEqual([]);
    },
  );

  test.skipIf(migrate === null)('a migration that fails with the tool is not taken for applied', async () => {
    const scene = await createScene([TOOL_SQL[0], 'CREATE TABLE broken (id nonsense);']);
    await expect(migrate(scene.url, scene.half)).rejects.toThrow();
    const outcome = await scene.plinth(scene.half, { trustLedger: tool }).catch((error: unknown) => error);
    // Where the tool keeps a mark of what failed, that comes first; drizzle runs all of it in one transaction.
    const code = tool === 'golang-migrate' ? 'TOOL_LEDGER_UNFIT' : 'MIGRATION_FAILED';
    expect(outcome).toMatchObject({ code });
  });
});
