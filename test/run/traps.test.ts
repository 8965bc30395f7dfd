import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApplyOptions, apply, isPlinthError, readTables } from '../../src/index.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

const getOptions = async (fixture: string, more: Partial<ApplyOptions> = {}): Promise<ApplyOptions> => ({
  migrations: join(FIXTURES, fixture, 'input'),
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
  url: await server.createDatabase(),
  ...more,
});
const getError = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

/** What the traps of real histories leave: the whole, and each table by itself, are as the history leaves them. */
describe.each([
  ['goose/transactions', 'select state::text, note from jobs order by id', ['open seen', 'closed seen']],
  ['plain/session', 'select id from b', ['0']],
  ['goose/hidden', 'select title, unit from goods order by id', ['pen 1', 'ink 2']],
  ['goose/names', 'select count(*) from second', ['0']],
  ['goose/statements', 'select name from rooms', ['room']],
] as const)('%s', (fixture, sql, rows) => {
  test('as a whole', async () => {
    const options = await getOptions(fixture);
    await readTables(options);
    expect(await apply(options)).toMatchObject({ outcome: 'applied', verified: { ok: true } });
    expect((await server.query(options.url!, sql)).map((row) => Object.values(row).join(' '))).toEqual(rows);
  });

  test('table by table', async () => {
    for (const { schema, name } of await readTables(await getOptions(fixture))) {
      for (const alone of [true, false]) {
        const result = await apply(await getOptions(fixture, { tables: [`${schema}.${name}`], alone }));
        expect(result, name).toMatchObject({ outcome: 'applied', verified: { ok: true } });
      }
    }
  });

  test('with the rows that belong to the table', async () => {
    const table = /from (\w+)/.exec(sql)![1]!;
    const options = await getOptions(fixture, { tables: [table] });
    await apply(options);
    expect((await server.query(options.url!, sql)).map((row) => Object.values(row).join(' '))).toEqual(rows);
  });
});

describe("the tracking table of the owner's tool", () => {
  const TRACKING = {
    'dbmate/tracking': 'create table if not exists schema_migrations (version text primary key);',
    'diesel/tracking':
      'create table if not exists __diesel_schema_migrations (version text primary key, run_on timestamp);',
    'goose/tracking':
      'create table if not exists goose_db_version (id int, version_id bigint, is_applied boolean, tstamp timestamp);',
  };

  test.each(Object.entries(TRACKING))('of %s is no part of what a table needs', async (fixture, prelude) => {
    const missing = await getError(apply(await getOptions(fixture)));
    expect(isPlinthError(missing) && missing).toMatchObject({
      code: 'MIGRATION_FAILED',
      place: { line: expect.any(Number) },
    });
    const folder = await server.createFolder({ 'prelude.sql': prelude });
    const around = { prelude: join(folder, 'prelude.sql'), withPrelude: true };
    expect(await apply(await getOptions(fixture, around))).toMatchObject({ outcome: 'applied' });
    const slice = await apply(await getOptions(fixture, { ...around, tables: ['a'] }));
    expect(slice).toMatchObject({ created: ['public.a'], verified: { ok: true } });
  });
});

describe('what is missing', () => {
  test('keeps nobody from a table that needs none of it', async () => {
    const result = await apply(await getOptions('goose/missing', { tables: ['plain'] }));
    expect(result).toMatchObject({ created: ['public.plain'], verified: { ok: true } });
  });

  test('is an error of its own where a table needs it', async () => {
    const role = await getError(apply(await getOptions('goose/missing', { tables: ['owned'] })));
    expect(role).toMatchObject({ code: 'ROLE_MISSING', args: { roles: [{ name: 'traps_nobody' }] } });
    const vectors = await getError(apply(await getOptions('goose/missing', { tables: ['vectors'] })));
    expect(vectors).toMatchObject({ code: 'TABLE_NOT_OBSERVED', args: { codeSteps: ['00002_fill.go'] } });
    const whole = await getOptions('goose/missing', { missingRoles: 'create' });
    expect(await getError(apply(whole))).toMatchObject({ code: 'EXTENSION_MISSING' });
  });
});
