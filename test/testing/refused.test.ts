import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import type { Session } from '../../src/postgres/session.js';
import { createTestDatabase, type TestingOptions } from '../../src/testing/index.js';
import { type Bench, CUSTOMERS, createBench, query } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await createBench({ max_connections: '12', superuser_reserved_connections: '2' });
}, 60_000);
afterAll(() => bench.stop());

async function getError(options: TestingOptions): Promise<PlinthError> {
  const error = await createTestDatabase(options).catch((thrown: unknown) => thrown);
  if (!isPlinthError(error)) throw new Error(`not ours: ${error}`);
  return error;
}

test('a migration that fails is told as by apply, and nothing is left', async () => {
  const migrations = await bench.createFolder(CUSTOMERS, 'CREATE TABLE broken (id int REFERENCES nobody);');
  const error = await getError({ ...bench.options, migrations, tables: [] });
  expect(error).toMatchObject({ code: 'MIGRATION_FAILED', place: { line: 3 } });
  expect(await bench.readDatabases()).toEqual([]);
});

test('a user that may not create databases is told what to do', async () => {
  await query(bench.server, `create role poor login password 'poor'`);
  const error = await getError({ ...bench.options, url: bench.getUrl('poor', 'poor') });
  expect(error.code).toBe('CREATE_DATABASE_DENIED');
  expect(error.hint).toContain('alter role "poor" createdb');
});

test('a user that may creates them, and those of others are not touched', async () => {
  await query(bench.server, `create role maker login createdb password 'maker'`);
  const db = await createTestDatabase({ ...bench.options, url: bench.getUrl('maker', 'maker') });
  expect((await db.query('select current_user as who')).rows).toEqual([{ who: 'maker' }]);
  await db.dispose();
});

test('a server without a connection left is an error of its own, which tells who has them', async () => {
  const taken: Session[] = [];
  for (let full = false; !full; ) {
    full = await bench.server.open().then(
      (session) => taken.push(session) === 0,
      () => true,
    );
  }
  const error = await getError({ ...bench.options, url: bench.getUrl(), service: 'late', timeout: '1s' });
  expect(error.code).toBe('CONNECTIONS_EXHAUSTED');
  expect(error.hint).toContain('pg_stat_activity');
  await Promise.all(taken.map((session) => session.close()));
});

test('a target that is meant for something else is never taken', async () => {
  const before = process.env['DATABASE_URL'];
  process.env['DATABASE_URL'] = bench.getUrl();
  process.env['PLINTH_TEST_URL'] = 'nonsense';
  try {
    expect(await getError({ migrations: 'm' })).toMatchObject({ code: 'OPTIONS_INVALID' });
  } finally {
    delete process.env['PLINTH_TEST_URL'];
    if (before === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = before;
  }
});

test('all problems of the options are told at once', async () => {
  const wrong = { pool: -1, isolation: 'table', keepFor: 'soon', listen: true, url: bench.getUrl() };
  const error = await getError(wrong as never);
  expect(error.message).toMatch(/no migration folder[\s\S]*/);
  for (const word of ['pool', 'isolation', 'keepFor', 'listen']) expect(error.message).toContain(word);
});
