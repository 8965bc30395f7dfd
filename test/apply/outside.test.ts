import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import type { Concurrently } from '../../src/model/plan.js';
import { waitFor } from '../../src/postgres/delay.js';
import { withLock } from '../../src/postgres/lock.js';
import { createContext, type MigrationInput } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

function createIndex(index: string, table: string, rest = '(id)', exists = '') {
  const sql = `create index concurrently ${exists}${index} on ${table} ${rest}`;
  const concurrently: Concurrently = { start: 13, end: 25, does: 'create', table, index };
  return { sql, kind: 'IndexStmt', outside: true, concurrently };
}

const rows: MigrationInput = {
  name: '1.sql',
  steps: ['create table t (id int)', 'insert into t select generate_series(1, 1000)'],
};

test('on a table with rows an index is built outside of a transaction, what is around it in two', async () => {
  const config = await server.createDatabase();
  const mixed = [
    rows,
    {
      name: '2.sql',
      steps: ['create table u (id int)', createIndex('t_id', 't'), 'create table v (id int)'],
    },
  ];
  expect(await applyPlan(createContext(config, mixed).context)).toMatchObject({ outcome: 'applied' });
  const sql = `select i.indisvalid as valid,
    (select count(distinct xmin::text)::int from pg_class where relname in ('u', 't_id', 'v')) as transactions,
    (select count(*)::int from plinth.statements where state = 'applied') as applied
    from pg_index i where indexrelid = 't_id'::regclass`;
  expect(await query(server, config, sql)).toEqual([{ valid: true, transactions: 3, applied: 5 }]);
});

test('on a table that is empty or new it is a plain index of the same transaction', async () => {
  const config = await server.createDatabase();
  const steps = ['create table t (id int)', createIndex('t_id', 't'), 'insert into nope values (1)'];
  const error = await getError(applyPlan(createContext(config, [{ name: '1.sql', steps }]).context));
  expect(error).toMatchObject({ args: { sqlstate: '42P01' }, place: { line: 3 } });
  expect(await query(server, config, "select to_regclass('t') as t")).toEqual([{ t: null }]);
  await applyPlan(createContext(config, [{ name: '1.sql', steps: steps.slice(0, 2) }]).context);
  const sql = "select count(distinct xmin::text)::int as n from pg_class where relname in ('t', 't_id')";
  expect(await query(server, config, sql)).toEqual([{ n: 1 }]);
});

test('in a migration that sets its own search path nothing is taken for empty', async () => {
  const config = await server.createDatabase();
  await query(server, config, 'create schema app');
  await query(server, config, 'create table app.t as select 1 as id');
  const set = { sql: 'set search_path = app', session: true };
  const steps = [set, 'create table u (id int)', createIndex('t_id', 't')];
  await applyPlan(createContext(config, [{ name: '1.sql', steps }]).context);
  const sql = `select count(distinct xmin::text)::int as n from pg_class
    where relname in ('u', 't_id') and relnamespace = 'app'::regnamespace`;
  expect(await query(server, config, sql)).toEqual([{ n: 2 }]);
});

test('a waiter for the lock does not stand in the way of a concurrent build', async () => {
  const config = await server.createDatabase();
  await applyPlan(createContext(config, [rows]).context);
  const both = [rows, { name: '2.sql', steps: [createIndex('t_id', 't')] }];
  // A reader keeps the build from ending while the other applier waits.
  const reader = await server.open(config);
  await reader.execute('begin isolation level repeatable read; select * from t limit 1');
  const building = createContext(config, both);
  const first = applyPlan(building.context);
  const second = createContext(config, both);
  const isBuilding = `select from pg_stat_activity where query like 'create index%' and wait_event_type = 'Lock'`;
  while ((await query(server, config, isBuilding)).length === 0);
  const waiting = applyPlan(second.context);
  while (!second.events.some(({ type }) => type === 'waiting')) await waitFor(10);
  await reader.execute('commit');
  const outcomes = (await Promise.all([first, waiting])).map((result) => result.outcome);
  expect(outcomes).toEqual(['applied', 'nothing-to-do']);
  const wait = second.events.find((event) => event.type === 'waiting');
  expect(wait).toMatchObject({
    forWhat: 'lock',
    holder: { query: expect.stringContaining('create index') },
  });
  expect(
    await query(server, config, "select indisvalid as v from pg_index where indexrelid = 't_id'::regclass"),
  ).toEqual([{ v: true }]);
  await reader.close();
});

test('an invalid leftover of our own is dropped and built again, IF NOT EXISTS or not', async () => {
  const config = await server.createDatabase();
  await applyPlan(createContext(config, [rows]).context);
  await query(server, config, 'insert into t values (1)');
  const step = createIndex('t_id', 't', '(id)', 'if not exists ');
  // As a run that was cut off leaves it.
  await query(server, config, 'create unique index concurrently t_id on t (id)').catch(() => {});
  expect(
    await query(server, config, "select indisvalid as v from pg_index where indexrelid = 't_id'::regclass"),
  ).toEqual([{ v: false }]);
  const both = [rows, { name: '2.sql', steps: [step] }];
  const foreign = await getError(applyPlan(createContext(config, both).context));
  expect(foreign.message).toContain('not valid');
  await query(server, config, "update plinth.statements set state = 'started' where migration = '2.sql'");
  const result = await applyPlan(createContext(config, both).context);
  expect(result).toMatchObject({ outcome: 'applied', findings: [{ code: 'INDEX_REBUILT' }] });
  expect(
    await query(server, config, "select indisvalid as v from pg_index where indexrelid = 't_id'::regclass"),
  ).toEqual([{ v: true }]);
});

test('an index that was built but not written down counts as applied', async () => {
  const config = await server.createDatabase();
  const both = [rows, { name: '2.sql', steps: [createIndex('t_id', 't')] }];
  await applyPlan(createContext(config, both).context);
  await query(server, config, "update plinth.statements set state = 'started' where migration = '2.sql'");
  expect(await applyPlan(createContext(config, both).context)).toMatchObject({
    outcome: 'applied',
    findings: [],
  });
});

test('a build that fails leaves no invalid index behind, and the place is right', async () => {
  const config = await server.createDatabase();
  await applyPlan(createContext(config, [rows]).context);
  await query(server, config, 'insert into t values (1)');
  const sql = 'create unique index concurrently t_id on t (id)';
  const step = {
    sql,
    kind: 'IndexStmt',
    outside: true,
    concurrently: { start: 20, end: 32, does: 'create', table: 't', index: 't_id' } as const,
  };
  const both = [rows, { name: '2.sql', steps: [step] }];
  expect(await getError(applyPlan(createContext(config, both).context))).toMatchObject({
    args: { sqlstate: '23505' },
    place: { file: '2.sql', line: 1 },
  });
  expect(await query(server, config, "select to_regclass('t_id') as i")).toEqual([{ i: null }]);
});

test('a statement that turns out to refuse a transaction is run outside of one', async () => {
  const config = await server.createDatabase();
  const steps = [
    'create table t (id int)',
    'vacuum t',
    'do $$ begin commit; end $$',
    'create table u (id int)',
  ];
  const result = await applyPlan(createContext(config, [{ name: '1.sql', steps }]).context);
  expect(result.steps.map((step) => step.status)).toEqual(['applied', 'applied', 'applied', 'applied']);
});

test('without a transaction each statement is committed with its row, and each block of the file as one', async () => {
  const config = await server.createDatabase();
  const steps = [
    'create table t (id int)',
    'vacuum t',
    { sql: "create type mood as enum ('a')", block: 1 },
    { sql: "alter type mood rename value 'a' to 'b'", block: 1 },
    { sql: "alter type mood add value 'c'", block: 2 },
    { sql: "create table m (mood mood default 'c')", block: 3 },
    { sql: 'create table u (id int)', block: 4 },
    { sql: 'insert into nope values (1)', block: 4 },
    'create table v (id int)',
  ];
  const none = [{ name: '1.sql', transaction: 'none', steps }] as const;
  const error = await getError(applyPlan(createContext(config, none).context));
  expect(error.result?.steps.map((step) => step.status)).toEqual([
    ...Array(6).fill('applied'),
    'not-executed',
    'failed',
    'not-executed',
  ]);
  expect(
    await query(
      server,
      config,
      "select to_regclass('t')::text as t, to_regclass('m')::text as m, to_regclass('u') as u",
    ),
  ).toEqual([{ t: 't', m: 'm', u: null }]);
});

test('an outside statement that was done but not written down counts as applied', async () => {
  const config = await server.createDatabase();
  const steps = [{ sql: 'create table t (id int)', outside: true }];
  await applyPlan(createContext(config, [{ name: '1.sql', steps }]).context);
  await query(server, config, "update plinth.statements set state = 'started'");
  expect(await applyPlan(createContext(config, [{ name: '1.sql', steps }]).context)).toMatchObject({
    outcome: 'applied',
  });
});

test('the lock is free and the session usable after work that failed inside a transaction', async () => {
  const config = await server.createDatabase();
  const session = await server.open(config);
  const lock = { schema: 'plinth', timeoutMs: 0 };
  const work = withLock(session, lock, () => session.execute('begin; select 1/0'));
  await expect(work).rejects.toMatchObject({ code: '22012' });
  const other = await server.open(config);
  await expect(withLock(other, lock, () => Promise.resolve('in'))).resolves.toBe('in');
  await other.close();
  await session.close();
});
