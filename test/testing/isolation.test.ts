import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import { createTestDatabase, type TestingOptions } from '../../src/testing/index.js';
import { type Bench, CUSTOMERS, createBench, query, waitUntil } from './support.js';

let bench: Bench;
/** A user that may make schemas in one database, and no databases. */
let options: TestingOptions;
beforeAll(async () => {
  bench = await createBench();
  await query(bench.server, `create role poor login password 'poor'`);
  await query(bench.server, 'create database shared owner poor');
  const url = bench.getUrl('poor', 'poor').replace('/postgres?', '/shared?');
  options = { ...bench.options, url };
}, 60_000);
afterAll(() => bench.stop());

const readShared = (sql: string): Promise<readonly string[]> =>
  query(bench.server, sql, { ...bench.server.config, database: 'shared', password: 'secret-of-the-test' });
const readSchemas = (): Promise<readonly string[]> =>
  readShared(`select nspname from pg_namespace where nspname like 'plinth\\_test%'`);

describe('a schema for each test', () => {
  test('has the wanted tables, by the search path of its URL, its parameters for pg, and its queries', async () => {
    const given = { ...options, isolation: 'schema' as const };
    const [one, two] = await Promise.all([createTestDatabase(given), createTestDatabase(given)]);
    const sql = `select string_agg(relname, ' ' order by relname) as tables from pg_class
      where relnamespace = current_schema()::regnamespace and relkind = 'r'`;
    for (const config of [one!.connection as pg.ClientConfig, { connectionString: one!.url }]) {
      const client = new pg.Client(config);
      await client.connect();
      expect((await client.query(sql)).rows).toEqual([{ tables: 'customers orders' }]);
      await client.end();
    }
    await one!.query('insert into customers values ($1, $2)', [1, 'Ada']);
    expect((await two!.query('select count(*)::int as n from customers')).rows).toEqual([{ n: 0 }]);
    await Promise.all([one!.dispose(), two!.dispose()]);
    await waitUntil(readSchemas, (names) => names.length === 0);
  });

  test('is refused for a history that names schemas or makes what is in none, with every such place', async () => {
    const migrations = await bench.createFolder(
      CUSTOMERS,
      'CREATE TABLE public.orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);',
      'CREATE ROLE reader;',
      'CREATE INDEX ON customers (name);',
    );
    const given = { ...options, migrations, tables: [], isolation: 'schema' as const };
    const error = await createTestDatabase(given).catch((thrown: unknown) => thrown);
    if (!isPlinthError(error)) throw error;
    expect(error.code).toBe('SCHEMA_ISOLATION_IMPOSSIBLE');
    expect(error.message).toMatch(/001_all\.sql:3: it names the schema public/);
    expect(error.message).toMatch(/001_all\.sql:4: it makes or changes what is in no schema/);
    expect(error.message).not.toContain('sql:5');
    expect(await readSchemas()).toEqual([]);
  });

  test('tells what a body made elsewhere after all, and leaves nothing of it', async () => {
    const body = `DO $$ BEGIN EXECUTE 'CREATE TABLE public.sneaky (id int)'; END $$;`;
    const migrations = await bench.createFolder(CUSTOMERS, body);
    const given = { ...options, migrations, tables: [], isolation: 'schema' as const };
    await expect(createTestDatabase(given)).rejects.toMatchObject({
      code: 'SCHEMA_ISOLATION_IMPOSSIBLE',
      args: { problems: [expect.stringContaining('sneaky')] },
    });
    expect(await readShared(`select to_regclass('public.sneaky')::text`)).toEqual(['null']);
    expect(await readSchemas()).toEqual([]);
  });

  test('a statement that fails is told with its place', async () => {
    const migrations = await bench.createFolder(CUSTOMERS, 'CREATE TABLE broken (id int REFERENCES nobody);');
    const given = { ...options, migrations, tables: [], isolation: 'schema' as const };
    await expect(createTestDatabase(given)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      place: { line: 3 },
    });
    expect(await readSchemas()).toEqual([]);
  });
});

describe('a transaction for each test', () => {
  test('sees the tables, rolls back what it did, and takes the transactions of what is tested for savepoints', async () => {
    const given = { ...options, isolation: 'transaction' as const };
    const [one, two] = await Promise.all([createTestDatabase(given), createTestDatabase(given)]);
    await one!.query('BEGIN');
    await one!.query('insert into customers values ($1, $2)', [1, 'Ada']);
    await one!.query('COMMIT');
    await one!.query('begin;');
    await one!.query('insert into customers values ($1, $2)', [2, 'Grace']);
    await one!.query('ROLLBACK');
    expect((await one!.query('select name from customers')).rows).toEqual([{ name: 'Ada' }]);
    expect((await two!.query('select count(*)::int as n from customers')).rows).toEqual([{ n: 0 }]);
    expect(() => one!.url).toThrow('only db.query');
    await Promise.all([one!.dispose(), two!.dispose()]);
    expect(await readShared('select count(*) from customers')).toEqual(['0']);
  });

  test('is told where it was ended from inside', async () => {
    const db = await createTestDatabase({ ...options, isolation: 'transaction' });
    await db.query("insert into customers values (7, 'stays'); commit");
    await expect(db.dispose()).rejects.toMatchObject({ code: 'TEST_TRANSACTION_ENDED' });
    await readShared('delete from customers');
  });

  test('that failed is rolled back as any other', async () => {
    const db = await createTestDatabase({ ...options, isolation: 'transaction' });
    await expect(db.query('select 1/0')).rejects.toMatchObject({ code: '22012' });
    await db.dispose();
  });
});
