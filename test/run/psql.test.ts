import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, plan, prove, type RunEvent } from '../../src/index.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { getError } from '../apply/support.js';
import { findClients, runClient } from '../support/psql.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

const INPUT = join(import.meta.dirname, '../fixtures/plain/psql/input');
const SET = { default_name: "it's" };

let server: RunServer;
let options: { migrations: string; set: typeof SET; cacheDir: string };
beforeAll(async () => {
  server = await startRunServer();
  options = { migrations: INPUT, set: SET, cacheDir: server.cacheDir };
}, 60_000);
afterAll(() => server?.stop());

const ROWS = `select (select json_agg(u order by id) from users u)::text as users,
  (select json_agg(n order by id) from notes n)::text as notes`;

test.skipIf(findClients() === null)('a folder for psql makes what psql makes of it', async () => {
  const [url, other] = [await server.createDatabase(), await server.createDatabase()];
  await apply({ ...options, url });
  const config = await resolveConnection({ url: other, env: {} });
  const set = ['-v', `default_name=${SET.default_name}`];
  runClient('psql', config, ['-X', '-q', ...set, '-f', '01_schema.sql', '-f', '02_rows.sql'], INPUT);
  expect(await server.readPicture(url)).toEqual(await server.readPicture(other));
  expect(await server.query(url, ROWS)).toEqual(await server.query(other, ROWS));
});

test('rows come with the tables that they are in, and are told from those of another time', async () => {
  const url = await server.createDatabase();
  const planned = await plan({ ...options, tables: ['users'] });
  expect(
    planned.migrations.flatMap(({ steps }) => steps.map(({ file, line, rows }) => [file, line, rows])),
  ).toEqual([
    [undefined, 10, undefined],
    ['tables/users.sql', 1, undefined],
    ['tables/audit.sql', 1, undefined],
    ['tables/audit.sql', 7, undefined],
    [undefined, 13, undefined],
    [undefined, 1, '1\tAnn\\\\tab\n2\t\\N\n'],
  ]);
  await apply({ ...options, url, tables: ['users'] });
  await apply({ ...options, url, tables: ['notes'] });
  expect(
    await server.query(url, 'select body from notes union all select name from users order by 1'),
  ).toEqual([{ body: '; \\q\ntwo lines' }, { body: 'Ann\\tab' }, { body: null }]);
  const folder = join(server.dir, 'changed');
  await cp(INPUT, folder, { recursive: true });
  const file = join(folder, 'rows/notes.sql');
  await writeFile(file, (await readFile(file, 'utf8')).replace('two lines', 'three lines'));
  const error = await getError(apply({ ...options, migrations: folder, url, tables: ['notes'] }));
  expect(error.code).toBe('HISTORY_CHANGED');
  expect(error.message).toMatch(
    /rows\/notes\.sql:1\n[\s\S]*- -- 1 line of rows, digest \w+\n[\s\S]*\+ -- 1 line/,
  );
});

test('a lock file holds for included files and rows, as long as only comments change', async () => {
  const folder = join(server.dir, 'proved');
  await cp(INPUT, folder, { recursive: true });
  await prove({ ...options, migrations: folder, cacheDir: false });
  const users = join(folder, 'tables/users.sql');
  await writeFile(users, `-- A comment\n${await readFile(users, 'utf8')}`);
  const events: RunEvent[] = [];
  const url = await server.createDatabase();
  const given = { ...options, migrations: folder, cacheDir: false as const, tables: ['notes'], url };
  await apply(
    { ...given, scratch: 'postgres://nobody@127.0.0.1:1/x' },
    { onEvent: (event) => events.push(event) },
  );
  expect(events.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'lock-file' }]);
  expect(await server.query(url, 'select body from notes')).toEqual([{ body: '; \\q\ntwo lines' }]);
  const planned = await plan({ ...given, url: await server.createDatabase() });
  const step = planned.migrations[0]!.steps.find(({ file }) => file === 'tables/users.sql');
  expect(step).toMatchObject({ line: 2, column: 1 });
});

test('an error in an included file is shown there', async () => {
  const folder = await server.createFolder({
    'main.sql': 'create table a (id int);\n\\ir sub/b.sql\n',
    'sub/b.sql': "-- b\ninsert into a\n  values (1), ('é', x);",
    'rows.sql': 'create table r (id int);\ncopy r from stdin;\n1\nx\n\\.\n',
  });
  const url = await server.createDatabase();
  const cli = { cacheDir: server.cacheDir, url };
  expect(await getError(apply({ ...cli, migrations: join(folder, 'main.sql') }))).toMatchObject({
    code: 'MIGRATION_FAILED',
    args: { migration: 'main.sql', sqlstate: '42703' },
    place: {
      file: 'sub/b.sql',
      line: 3,
      column: 21,
      excerpt: [
        [2, 'insert into a'],
        [3, "  values (1), ('é', x);"],
      ],
    },
    result: { steps: [{ migration: 'main.sql' }, { migration: 'main.sql', file: 'sub/b.sql', line: 2 }] },
  });
  expect(await getError(apply({ ...cli, migrations: join(folder, 'rows.sql') }))).toMatchObject({
    args: { sqlstate: '22P02', where: expect.stringContaining('line 2') },
    place: { file: 'rows.sql', line: 2 },
  });
});

test('a dump with its rows goes into a database of any name, as a whole and by table', async () => {
  const migrations = join(import.meta.dirname, '../fixtures/pg_dump/create/input/shop.sql');
  const [url, other] = [await server.createDatabase(), await server.createDatabase()];
  const given = { migrations, cacheDir: server.cacheDir };
  await apply({ ...given, url });
  await apply({ ...given, url: other, tables: ['customers'], alone: true });
  const rows = `select (select json_agg(c order by id) from public.customers c) as rows,
    nextval('public.customers_id_seq')::int as next, to_regclass('public.flags') is not null as flags`;
  const expected = {
    rows: [
      { id: 1, name: 'Ann\tB.', touched: null },
      { id: 2, name: 'SET lock_timeout = 0;', touched: '\\connect' },
      { id: 3, name: '\\.x', touched: '\\.' },
    ],
    next: 4,
  };
  expect(await server.query(url, rows)).toEqual([{ ...expected, flags: true }]);
  expect(await server.query(url, 'select count(*)::int as n from public.flags')).toEqual([{ n: 2 }]);
  expect(await server.query(other, rows)).toEqual([{ ...expected, flags: false }]);
});
