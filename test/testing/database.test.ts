import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderFinding } from '../../src/report/finding-words.js';
import { createTestDatabase, sweepTestDatabases, withTestDatabase } from '../../src/testing/index.js';
import { type Bench, CUSTOMERS, createBench, createListener, ORDERS, waitUntil } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
}, 60_000);
afterAll(() => bench.stop());

const TABLES = `select string_agg(relname, ' ' order by relname) as tables from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r'`;
const areGone = (): Promise<readonly string[]> =>
  waitUntil(
    () => bench.readDatabases('plinth\\_test%'),
    (names) => names.length === 0,
  );

describe('a test database', () => {
  test('holds the wanted tables with all they stand on, and nothing of its neighbours', async () => {
    const [one, two] = await Promise.all([
      createTestDatabase(bench.options),
      createTestDatabase(bench.options),
    ]);
    expect((await one!.query(TABLES)).rows).toEqual([{ tables: 'customers orders' }]);
    const inserted = await one!.query('insert into customers values ($1, $2)', [1, 'Ada']);
    expect(inserted.rowCount).toBe(1);
    expect((await two!.query('select count(*)::int as n from customers')).rows).toEqual([{ n: 0 }]);
    await Promise.all([one!.dispose(), two!.dispose()]);
    await areGone();
  });

  test('is reached by its URL and by parameters for pg, which show no password', async () => {
    const { password } = bench.server.config;
    await withTestDatabase(bench.options, async (db) => {
      for (const config of [db.connection as pg.ClientConfig, { connectionString: db.url }]) {
        const client = new pg.Client(config);
        await client.connect();
        const { rows } = await client.query('select current_database() as name');
        expect(rows).toEqual([{ name: db.name }]);
        await client.end();
      }
      expect(JSON.stringify(db)).not.toContain(password);
      expect(db.psql).toBe(
        `psql "host=127.0.0.1 port=${bench.server.config.port} user=postgres dbname=${db.name}"`,
      );
    });
  });

  test('is cloned from one template, however many ask at once', async () => {
    const migrations = await bench.createFolder(CUSTOMERS, ORDERS);
    const before = await bench.readDatabases('plinth\\_template%');
    const databases = await Promise.all(
      // Each with an owner of its own, as different processes have.
      [1, 2, 3, 4].map((n) => createTestDatabase({ ...bench.options, migrations, service: `worker-${n}` })),
    );
    const after = await bench.readDatabases('plinth\\_template%');
    expect(after.filter((name) => !before.includes(name))).toHaveLength(1);
    expect(new Set(databases.map(({ name }) => name)).size).toBe(4);
    for (const db of databases) await db.dispose();
    await areGone();
  });

  test('takes over the settings of the template’s database', async () => {
    const setting = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shop, public', current_database()); END $$;`;
    const migrations = await bench.createFolder('CREATE SCHEMA shop;', setting);
    await withTestDatabase({ ...bench.options, tables: [], migrations }, async (db) => {
      const { rows } = await db.query('show search_path');
      expect(rows).toEqual([{ search_path: 'shop, public' }]);
    });
  });

  test('names the connections that were left open, and ends them', async () => {
    const { found, onEvent } = createListener();
    const db = await createTestDatabase({ ...bench.options, service: 'left' }, { onEvent });
    const client = new pg.Client({ ...db.connection, application_name: 'forgotten' } as pg.ClientConfig);
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query('select 42 as pid_of_the_test');
    expect(rows).toHaveLength(1);
    await db.dispose();
    const [finding] = found;
    expect(finding?.code).toBe('CONNECTIONS_LEFT_OPEN');
    expect(renderFinding(finding!)).toMatch(/forgotten \(pid \d+\), idle: select 42 as pid_of_the_test$/);
    await areGone();
    await expect(client.query('select 1')).rejects.toThrow();
  });

  test('is kept where a test failed and that was asked for, with the psql that shows it', async () => {
    const { found, onEvent } = createListener();
    const options = { ...bench.options, keep: 'failed' as const, service: 'kept' };
    let name = '';
    const failing = withTestDatabase(
      options,
      async (db) => {
        name = db.name;
        throw new Error('mine');
      },
      { onEvent },
    );
    await expect(failing).rejects.toThrow('mine');
    expect(renderFinding(found[0]!)).toContain(`dbname=${name}"`);
    await sweepTestDatabases(options);
    expect(await bench.readDatabases('plinth\\_test%')).toEqual([name]);
    const swept = await sweepTestDatabases({ ...options, keepFor: '1ms' });
    expect(swept.databases).toEqual([name]);
  });

  test('goes on after the server was restarted', async () => {
    const before = await createTestDatabase(bench.options);
    await bench.server.restart();
    const after = await createTestDatabase(bench.options);
    expect((await after.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    await before.dispose();
    await after.dispose();
    await areGone();
  });

  test('of another history comes from another template; what nobody asks for any more is swept', async () => {
    const migrations = await bench.createFolder(CUSTOMERS);
    await withTestDatabase({ ...bench.options, migrations, tables: [] }, async (db) => {
      expect((await db.query(TABLES)).rows).toEqual([{ tables: 'customers' }]);
    });
    await areGone();
    expect((await bench.readDatabases('plinth\\_template%')).length).toBeGreaterThan(1);
    await sweepTestDatabases({ ...bench.options, keepFor: '1ms' });
    expect(await bench.readDatabases()).toEqual([]);
    // A process that knew the template makes it anew.
    await withTestDatabase(bench.options, async (db) => {
      expect((await db.query(TABLES)).rows).toEqual([{ tables: 'customers orders' }]);
    });
  });
});
