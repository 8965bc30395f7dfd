import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences } from '../../scripts/histories/fingerprint.js';
import { apply, plan } from '../../src/index.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';
import { createShopFiles } from '../support/shop-history.js';

let server: RunServer;
let half: string;
beforeAll(async () => {
  server = await startRunServer();
  half = await server.createFolder(Object.fromEntries(Object.entries(createShopFiles()).slice(0, 20)));
});
afterAll(() => server?.stop());

const TABLES = ['customers', 'addresses', 'products', 'suppliers', 'carts', 'messages', 'stock', 'depots'];

/** Rows as a service writes them while half of the history is there. */
const ROWS = `
insert into customers (id, email, full_name, country, created_at) values
  (1, 'a@x', 'Ann', null, '2023-01-01'), (2, 'b@x', 'Bob', (select min(id) from countries), '2024-01-01');
insert into addresses (id, customer_id, street, city, created_at) values
  (1, 1, 'Main St', 'A', '2023-01-01'), (2, 1, 'Main St', 'A', '2023-01-02'), (3, 2, 'Side St', 'B', '2023-01-03');
insert into categories (id, title, created_at) values (1, 'tea', '2023-01-01');
insert into products (id, category_id, title, net_price, created_at) values
  (1, 1, 'Green Tea', 3.50, '2023-01-01'), (2, 1, 'Black Tea', 2, '2023-01-01');
insert into suppliers (id, name, rating, created_at) values (1, 'S', 4, '2023-01-01'), (2, 'T', null, '2023-01-01');
insert into carts (id, customer_id, state, created_at) values
  (1, 1, 'open', '2023-06-01'), (2, 2, 'open', '2025-01-01'), (3, 2, 'closed', '2023-01-01');
insert into messages (id, customer_id, body, created_at) values (1, null, 'lost', '2023-01-01'), (2, 1, 'kept', '2023-01-01');
insert into warehouses (id, code, country, created_at) values (1, 'W', null, '2023-01-01');
insert into stock (product_id, warehouse_id, amount, created_at) values (1, 1, 5, '2023-01-01');`;

async function readRows(url: string): Promise<unknown> {
  const all = TABLES.map(
    (name) =>
      `select '${name}' as name, coalesce(jsonb_agg(to_jsonb(t) - 'updated_at' order by t.id), '[]') as rows from ${name} t`,
  );
  return server.query(url, all.join(' union all '));
}

/** All statements one after the other, with the rows in between. */
async function runPlainly(): Promise<string> {
  const { migrations } = await plan({ migrations: SHOP, cacheDir: server.cacheDir });
  const url = await server.createDatabase();
  for (const { ordinal, steps } of migrations) {
    if (ordinal === 20) await server.query(url, ROWS);
    for (const { sql } of steps) await server.query(url, sql);
  }
  return url;
}

test.each([[TABLES], [[]]])(
  'backfills that met no row on the scratch server run on the rows of a live table (%j)',
  async (tables) => {
    const plain = await runPlainly();
    const url = await server.createDatabase();
    const options = { url, cacheDir: server.cacheDir };
    // Under the half's own name of the table.
    const early = TABLES.map((name) => name.replace('depots', 'warehouses'));
    await apply({ ...options, migrations: half, tables: early });
    await server.query(url, ROWS);
    const result = await apply({ ...options, migrations: SHOP, tables });
    expect(result.outcome).toBe('applied');
    // The half came with a table that the rest drops and makes anew.
    if (tables.length > 0) await apply({ ...options, migrations: SHOP, tables: ['wishes'] });
    expect(await readRows(url)).toEqual(await readRows(plain));
    const [seen, expected] = [await server.readPicture(url), await server.readPicture(plain)];
    expect(getDifferences(seen, expected, [])).toEqual([]);
    if (tables.length === 0) expect(getDifferences(expected, seen, [])).toEqual([]);
    expect(await apply({ ...options, migrations: SHOP, tables })).toMatchObject({ outcome: 'nothing-to-do' });
  },
);

test('the rows that a service wrote are told apart: what backfilled them is applied, not left out', async () => {
  const url = await server.createDatabase();
  const options = { url, cacheDir: server.cacheDir };
  await apply({ ...options, migrations: half, tables: ['suppliers'] });
  await server.query(url, "insert into suppliers (name, rating) values ('S', 4)");
  await apply({ ...options, migrations: SHOP, tables: ['suppliers'] });
  expect(await server.query(url, 'select name, priority from suppliers')).toEqual([
    { name: 'S', priority: 40 },
  ]);
  const fresh = await server.createDatabase();
  await apply({ migrations: SHOP, url: fresh, tables: ['suppliers'], cacheDir: server.cacheDir });
  const state = "select state from plinth.statements where sql like 'UPDATE suppliers%'";
  expect(await server.query(url, state)).toEqual([{ state: 'applied' }]);
  expect(await server.query(fresh, state)).toEqual([{ state: 'elided' }]);
});

test('the rows of a table that is made anew under its own name are not lost', async () => {
  const early = { '1_a.sql': renderGoose('create table a (id int, old text);', 'create table other ();') };
  const late = renderGoose(
    'create table a_new (id bigint primary key, now text);',
    'insert into a_new select id, old from a;',
    'drop table a;',
    'alter table a_new rename to a;',
  );
  const url = await server.createDatabase();
  const options = { url, tables: ['a'], cacheDir: server.cacheDir };
  await apply({ ...options, migrations: await server.createFolder(early) });
  await server.query(url, "insert into a values (1, 'x'), (2, 'y')");
  const all = await server.createFolder({ ...early, '2_b.sql': late });
  expect(await apply({ ...options, migrations: all })).toMatchObject({
    outcome: 'applied',
    created: ['public.a'],
  });
  expect(await server.query(url, 'select * from a order by id')).toEqual([
    { id: '1', now: 'x' },
    { id: '2', now: 'y' },
  ]);
  await server.query(url, 'delete from a');
  const fresh = await server.createDatabase();
  const result = await apply({ ...options, url: fresh, migrations: all });
  expect(result.steps.map(({ migration, line }) => `${migration}:${line}`)).not.toContain('2_b.sql:4');
  expect(
    getDifferences(await server.readPicture(fresh), await server.readPicture(url), ['public.a']),
  ).toEqual([]);
});
