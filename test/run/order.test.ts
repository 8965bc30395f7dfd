import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences, type Picture } from '../../scripts/histories/fingerprint.js';
import { apply, readTables } from '../../src/index.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let whole: Picture;
let names: readonly string[];
const run = (url: string, tables: readonly string[], declared?: readonly string[]) =>
  apply({
    migrations: SHOP,
    url,
    tables,
    cacheDir: server.cacheDir,
    ...(declared === undefined ? {} : { declared }),
  });
beforeAll(async () => {
  server = await startRunServer();
  const url = await server.createDatabase();
  await run(url, []);
  whole = await server.readPicture(url);
  names = (await readTables({ migrations: SHOP, cacheDir: server.cacheDir })).map(
    ({ schema, name }) => `${schema}.${name}`,
  );
});
afterAll(() => server?.stop());

/** Three different ones at random. */
function choose(from: readonly string[]): readonly string[] {
  const left = [...from];
  return [1, 2, 3].map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]!);
}

async function expectUnion(sequence: readonly string[], declared?: readonly string[]): Promise<void> {
  const url = await server.createDatabase();
  for (const name of sequence) await run(url, [name], declared);
  const together = await server.createDatabase();
  await run(together, sequence, declared);
  const [seen, union] = [await server.readPicture(url), await server.readPicture(together)];
  const told = sequence.join(' > ');
  expect(getDifferences(seen, union, sequence), told).toEqual([]);
  expect(getDifferences(union, seen, sequence), told).toEqual([]);
  expect(getDifferences(seen, whole, sequence), told).toEqual([]);
}

test('every table by itself is as the whole history makes it', async () => {
  for (const name of names) {
    const url = await server.createDatabase();
    await run(url, [name]);
    expect(getDifferences(await server.readPicture(url), whole, [name]), name).toEqual([]);
  }
});

test('random sequences of three tables end as one request for all three', async () => {
  for (let round = 0; round < 6; round += 1) await expectUnion(choose(names));
});

test('so they do where only some tables are declared', async () => {
  const declared = [
    ...['countries', 'suppliers', 'changes', 'products', 'vouchers'].map((name) => `public.${name}`),
    'billing.payments',
  ];
  for (let round = 0; round < 4; round += 1) await expectUnion(choose(declared), declared);
});

test('a table after the whole history changes nothing', async () => {
  const url = await server.createDatabase();
  await run(url, []);
  expect(await run(url, ['stock', 'changes'])).toMatchObject({ outcome: 'nothing-to-do', steps: [] });
  expect(getDifferences(await server.readPicture(url), whole, [])).toEqual([]);
});

test('the other tables after some tables end as all at once', async () => {
  const url = await server.createDatabase();
  await run(url, ['stock']);
  await run(url, ['*']);
  const together = await server.createDatabase();
  await run(together, ['*']);
  const [seen, union] = [await server.readPicture(url), await server.readPicture(together)];
  expect(getDifferences(seen, union, names)).toEqual([]);
  expect(getDifferences(union, seen, names)).toEqual([]);
});

test('GRANT … ON ALL TABLES reaches a table that comes late', async () => {
  const grants = (...more: readonly string[]) =>
    server.createFolder({
      '1_a.sql': renderGoose(
        'create table a (id int);',
        'create table b (id int);',
        'create table c (id int);',
      ),
      '2_b.sql': renderGoose('grant select on all tables in schema public to shop_reader;', ...more),
    });
  for (const folder of [await grants(), await grants('revoke select on b from shop_reader;')]) {
    const reference = await server.createDatabase();
    await apply({ migrations: folder, url: reference, cacheDir: server.cacheDir });
    const expected = await server.readPicture(reference);
    const url = await server.createDatabase();
    for (const table of ['c', 'b', 'a']) {
      await apply({ migrations: folder, url, tables: [table], cacheDir: server.cacheDir });
      expect(getDifferences(await server.readPicture(url), expected, [`public.${table}`])).toEqual([]);
    }
  }
});
