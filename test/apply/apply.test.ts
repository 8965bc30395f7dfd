import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import { type ConnectionConfig, createConnectionConfig } from '../../src/postgres/config.js';
import { isSatisfied, readLedger, readStatementSql } from '../../src/postgres/ledger.js';
import type { Session } from '../../src/postgres/session.js';
import { createContext, createPlan, createSteps, type MigrationInput } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query as queryOn } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

const history: readonly MigrationInput[] = [
  { name: '1.sql', steps: ['create table a (id int primary key)', 'create table b (id int references a)'] },
  {
    name: '2.sql',
    steps: ['insert into a values (1) -- é', 'alter table b add c text'],
    elided: ['delete from a where false'],
  },
];

const query = (config: ConnectionConfig, sql: string) => queryOn(server, config, sql);

test('a run applies every step, writes the ledger, and the next one finds nothing to do', async () => {
  const config = await server.createDatabase();
  const { context, events } = createContext(config, history, {
    record: withTables(['public.a', 'public.b']),
  });
  const result = await applyPlan(context);
  expect(result).toMatchObject({ outcome: 'applied', already: 0, findings: [] });
  expect(result.steps.map((step) => step.status)).toEqual([
    'applied',
    'applied',
    'applied',
    'applied',
    'elided',
  ]);
  expect(events.map((event) => event.type)).toEqual([
    'planned',
    'migration-started',
    'migration-applied',
    'migration-started',
    'migration-applied',
  ]);
  const again = await applyPlan(createContext(config, history).context);
  expect(again).toMatchObject({ outcome: 'nothing-to-do', already: 5, steps: [], created: [] });

  const session = await server.open(config);
  const ledger = await readLedger(session, 'plinth', 'test');
  expect(ledger.migrations.map((migration) => [migration.id, migration.digests.length])).toEqual([
    ['1.sql', 2],
    ['2.sql', 2],
  ]);
  expect(ledger.statements.map((row) => `${row.migration} ${row.index} ${row.state}`)).toEqual([
    '1.sql 0 applied',
    '1.sql 1 applied',
    '2.sql 0 applied',
    '2.sql 1 applied',
    '2.sql 2 elided',
  ]);
  const where = { history: 'test', migration: '2.sql', index: 0 };
  expect(await readStatementSql(session, 'plinth', where)).toBe('insert into a values (1) -- é');
  await session.close();
});

function withTables(tables: readonly string[]) {
  const base = createContext(server.config, history).context.record;
  return { ...base, selection: { ...base.selection, tables } };
}

test('whether a selection is satisfied is one query, which looks at the tables, too', async () => {
  const config = await server.createDatabase();
  const session = await server.open(config);
  const ask = { history: 'test', key: 'all', digest: 'd' };
  expect(await isSatisfied(session, 'plinth', ask)).toMatchObject({ satisfied: false, facts: null });
  await applyPlan(createContext(config, history, { record: withTables(['public.a', 'public.b']) }).context);
  expect(await isSatisfied(session, 'plinth', ask)).toMatchObject({
    satisfied: true,
    missing: [],
    facts: { pid: session.backendPid, standby: false, readOnly: false },
  });
  expect((await isSatisfied(session, 'plinth', { ...ask, digest: 'other' })).satisfied).toBe(false);
  await session.execute('drop table b');
  expect(await isSatisfied(session, 'plinth', ask)).toMatchObject({
    satisfied: false,
    missing: ['public.b'],
  });
  await session.close();
});

test('a failed migration leaves nothing of itself and all of those before it', async () => {
  const config = await server.createDatabase();
  const broken: readonly MigrationInput[] = [
    history[0]!,
    {
      name: '2.sql',
      steps: ['create table c (id int)', "insert into a values ('😀'), (2)", 'create table d (id int)'],
    },
    { name: '3.sql', steps: ['create table e (id int)'] },
  ];
  const creates = ['public.a', 'public.b', 'public.c', 'public.d', 'public.e'];
  const { context } = createContext(config, broken, {
    getPlan: (ledger) => createPlan(createSteps(broken), ledger, creates),
  });
  const error = await getError(applyPlan(context));
  expect(error).toMatchObject({
    code: 'MIGRATION_FAILED',
    args: { migration: '2.sql', sqlstate: '22P02' },
    place: { file: '2.sql', line: 2, column: 23 },
  });
  expect(error.place?.excerpt[1]).toEqual([2, "insert into a values ('😀'), (2);"]);
  expect(error.result).toMatchObject({ outcome: 'failed', created: ['public.a', 'public.b'] });
  expect(error.result?.steps.map((step) => step.status)).toEqual([
    'applied',
    'applied',
    'not-executed',
    'failed',
    'not-executed',
    'not-executed',
  ]);
  expect(
    await query(config, "select to_regclass('c') as c, (select outcome from plinth.runs) as outcome"),
  ).toEqual([{ c: null, outcome: 'failed' }]);
});

test('a failure without a position still names its statement, one at COMMIT says so', async () => {
  const config = await server.createDatabase();
  const twice = [
    {
      name: '1.sql',
      steps: ['create table a (id int primary key)', 'insert into a values (1)', 'insert into a values (1)'],
    },
  ];
  expect(await getError(applyPlan(createContext(config, twice).context))).toMatchObject({
    args: { sqlstate: '23505' },
    place: { line: 3, column: 1 },
  });
  const late = [
    {
      name: '1.sql',
      steps: [
        'create table a (id int primary key, b int references a deferrable initially deferred)',
        'insert into a values (1, 2)',
      ],
    },
  ];
  const error = await getError(applyPlan(createContext(config, late).context));
  expect(error.message).toContain('at COMMIT');
});

test('a table that is there and in no ledger stops the run before anything is changed', async () => {
  const config = await server.createDatabase();
  await query(config, 'create table b (x int)');
  const { context } = createContext(config, history, {
    getPlan: (ledger) => createPlan(createSteps(history), ledger, ['public.a', 'public.b']),
  });
  const error = await getError(applyPlan(context));
  expect(error).toMatchObject({ code: 'TABLE_EXISTS', args: { tables: ['public.b'] } });
  expect(error.result).toMatchObject({ created: [] });
  expect(await query(config, "select to_regclass('a') as a")).toEqual([{ a: null }]);
});

test('what a migration leaves in the session does not reach the next one', async () => {
  const config = await server.createDatabase();
  const leaky: readonly MigrationInput[] = [
    {
      name: '1.sql',
      steps: [
        { sql: "select set_config('search_path', '', false)", kind: 'SelectStmt', session: true },
        { sql: 'set standard_conforming_strings = off', session: true },
        { sql: "set client_encoding = 'latin1'", session: true },
        'create table public.a (t text)',
        'create temp table gone (x int)',
        { sql: 'set role pg_read_all_data', session: true },
      ],
    },
    { name: '2.sql', steps: ["insert into a values ('é\\n')", 'create table gone (x int)'] },
  ];
  await applyPlan(createContext(config, leaky).context);
  expect(await query(config, 'select t from a')).toEqual([{ t: 'é\\n' }]);
  expect(
    await query(config, "select sql from plinth.statements where migration = '2.sql' and index = 0"),
  ).toEqual([{ sql: "insert into a values ('é\\n')" }]);
});

test('each migration costs one round trip', async () => {
  const count = async (length: number): Promise<number> => {
    const many = Array.from({ length }, (_, n) => ({
      name: `${n}.sql`,
      steps: [`create table t${n} (id int)`, `insert into t${n} values (1)`],
    }));
    const { context } = createContext(await server.createDatabase(), many);
    let messages = 0;
    const connect: typeof context.connect = async (within) => {
      const session = await context.connect(within);
      const execute: Session['execute'] = (sql) => {
        messages += 1;
        return session.execute(sql);
      };
      return { ...session, execute, query: async (sql) => (await execute(sql)).at(-1)!.rows };
    };
    await applyPlan({ ...context, connect });
    return messages;
  };
  expect((await count(12)) - (await count(2))).toBe(10);
});

test('the server looks for a client that is gone in every migration', async () => {
  const config = await server.createDatabase();
  const keep = (n: number) =>
    `create table c${n} as select current_setting('client_connection_check_interval') as v`;
  await applyPlan(
    createContext(config, [
      { name: '1.sql', steps: [keep(1), 'reset all'] },
      { name: '2.sql', steps: [keep(2)] },
    ]).context,
  );
  expect(await query(config, 'select c1.v as a, c2.v as b from c1, c2')).toEqual([
    { a: '500ms', b: '500ms' },
  ]);
});

test('the search path of the history holds in every migration', async () => {
  const config = await server.createDatabase();
  await query(config, 'create schema app');
  const { context } = createContext(config, history, { searchPath: 'app, public' });
  await applyPlan(context);
  expect(await query(config, "select to_regclass('app.b') is not null as b")).toEqual([{ b: true }]);
});

test('the notices of a migration are told with its name, Plinth’s own are not', async () => {
  const config = await server.createDatabase();
  const steps = ["do $$ begin raise warning 'careful'; end $$", 'drop table if exists nope'];
  const { context, events } = createContext(config, [{ name: '1.sql', steps }]);
  await applyPlan(context);
  expect(events.filter((event) => event.type === 'notice')).toEqual([
    { type: 'notice', severity: 'WARNING', message: 'careful', migration: '1.sql' },
    {
      type: 'notice',
      severity: 'NOTICE',
      message: 'table "nope" does not exist, skipping',
      migration: '1.sql',
    },
  ]);
});

test('a migration with nothing but idle statements is written down without running', async () => {
  const config = await server.createDatabase();
  const idle = [{ name: '1.sql', steps: [], elided: ['delete from nope'] }];
  const result = await applyPlan(createContext(config, idle).context);
  expect(result).toMatchObject({ outcome: 'applied', steps: [{ status: 'elided' }] });
});

test('an extension that the server lacks is named', async () => {
  const config = await server.createDatabase();
  const steps = [{ sql: 'create extension if not exists "no_such_thing"', kind: 'CreateExtensionStmt' }];
  expect(await getError(applyPlan(createContext(config, [{ name: '1.sql', steps }]).context))).toMatchObject({
    code: 'EXTENSION_MISSING',
    args: { extension: 'no_such_thing', place: '1.sql:1' },
  });
});

test('the prelude runs before the first migration, once', async () => {
  const config = await server.createDatabase();
  const statements = ['create schema auth', 'create table auth.users (id int primary key)'];
  const prelude = { statements, findPlaces: () => Promise.reject(new Error('none failed')) };
  const uses = [{ name: '1.sql', steps: ['create table a (u int references auth.users)'] }];
  await applyPlan(createContext(config, uses, { prelude }).context);
  expect(await applyPlan(createContext(config, uses, { prelude }).context)).toMatchObject({
    outcome: 'nothing-to-do',
  });
});

test('without the right to make the ledger the error says which right is missing', async () => {
  const config = await server.createDatabase();
  await query(
    config,
    "do $$ begin create role limited login password 'p'; exception when others then null; end $$",
  );
  const { label: _, ...fields } = config;
  const limited = createConnectionConfig({ ...fields, user: 'limited', password: 'p' });
  const error = await getError(applyPlan(createContext(limited, history).context));
  expect(error).toMatchObject({ code: 'PERMISSION_DENIED', args: { user: 'limited' } });
  expect(error.message).toContain(`CREATE on database ${config.database}`);
});

test('a read-only database is told as such', async () => {
  const config = await server.createDatabase();
  await query(config, `alter database ${config.database} set default_transaction_read_only = on`);
  expect(await getError(applyPlan(createContext(config, history).context))).toMatchObject({
    code: 'READ_ONLY',
    args: { standby: false },
  });
});
