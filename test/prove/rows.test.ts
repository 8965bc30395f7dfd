import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/postgres/session.js';
import { readRows } from '../../src/prove/rows.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let session: Session;
beforeAll(async () => {
  server = await startTestServer();
  session = await server.open();
});
afterAll(async () => {
  await session?.close();
  await server?.stop();
});

test('rows are read of tables that are there and have some, whatever the order they stand in', async () => {
  const columns = Array.from({ length: 120 }, (_, at) => `c${at}`);
  await session.execute(`create table "One" (${columns.map((name) => `${name} int`).join(', ')});
    create table empty (id int); insert into "One" (c0, c119) values (1, 2), (3, null)`);
  const tables = [
    { identity: 'public."One"', columns },
    { identity: 'public.empty', columns: ['id'] },
    { identity: 'public.missing', columns: ['id'] },
  ];
  const first = await readRows(session, tables);
  expect([...first.keys()]).toEqual(['public."One"']);
  expect(first.get('public."One"')!.rows).toBe(2);
  expect(Object.keys(first.get('public."One"')!.digests)).toHaveLength(121);
  await session.execute('create table public.other as select * from public."One"; truncate public."One"');
  await session.execute('insert into public."One" select * from public.other order by c0 desc');
  expect(await readRows(session, tables)).toEqual(first);
  await session.execute('update public."One" set c119 = 5 where c0 = 3');
  expect(await readRows(session, tables)).not.toEqual(first);
  expect(await readRows(session, [tables[2]!])).toEqual(new Map());
  await session.execute('alter table public."One" drop column c7');
  expect(Object.keys((await readRows(session, tables)).get('public."One"')!.digests)).not.toContain('c7');
});
