import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import { waitFor } from '../../src/postgres/delay.js';
import type { Session } from '../../src/postgres/session.js';
import { createContext } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

const migrations = Array.from({ length: 5 }, (_, n) => ({
  name: `${n}.sql`,
  steps: [`create table t${n} (id int)`, 'select pg_sleep(0.02)', `insert into t${n} values (1)`],
}));

test('of eight appliers at once one applies each statement, and the others find nothing to do', async () => {
  const config = await server.createDatabase();
  const runs = Array.from({ length: 8 }, () => createContext(config, migrations));
  const results = await Promise.all(runs.map(({ context }) => applyPlan(context)));
  expect(results.map((result) => result.outcome).sort()).toEqual([
    'applied',
    ...Array(7).fill('nothing-to-do'),
  ]);
  expect(
    await query(
      server,
      config,
      'select count(*)::int as n, count(distinct run)::int as runs from plinth.statements',
    ),
  ).toEqual([{ n: 15, runs: 1 }]);
  expect(await query(server, config, 'select count(*)::int as n from t4')).toEqual([{ n: 1 }]);
});

test('an abort half-way cancels on the server, keeps what is committed and frees the lock', async () => {
  const config = await server.createDatabase();
  const stopping = new AbortController();
  const slow = [migrations[0]!, { name: 's.sql', steps: ['create table s (id int)', 'select pg_sleep(60)'] }];
  const { context, events } = createContext(config, slow, { signal: stopping.signal });
  const running = getError(applyPlan(context));
  while (!events.some((event) => event.type === 'migration-started' && event.name === 's.sql'))
    await waitFor(10);
  await waitFor(100);
  const begun = performance.now();
  stopping.abort();
  const error = await running;
  expect(performance.now() - begun).toBeLessThan(30_000);
  expect(error).toMatchObject({
    code: 'ABORTED',
    args: { phase: 'running s.sql:2' },
    result: { outcome: 'aborted' },
  });
  expect(error.result?.steps.map((step) => step.status)).toEqual([
    ...['applied', 'applied', 'applied'],
    ...['not-executed', 'not-executed'],
  ]);
  const sql = `select to_regclass('s') as s, (select outcome from plinth.runs) as outcome,
    (select count(*)::int from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as locks`;
  expect(await query(server, config, sql)).toEqual([{ s: null, outcome: 'aborted', locks: 0 }]);
});

test('a run that was aborted before it began says so', async () => {
  const config = await server.createDatabase();
  const error = await getError(
    applyPlan(createContext(config, migrations, { signal: AbortSignal.abort() }).context),
  );
  expect(error).toMatchObject({ code: 'ABORTED', result: { outcome: 'aborted', steps: [] } });
});

test('out of time is an error of its own, and a rerun goes on', async () => {
  const config = await server.createDatabase();
  const slow = [migrations[0]!, { name: 's.sql', steps: [{ sql: 'select pg_sleep(1.5)', index: 0 }] }];
  const error = await getError(applyPlan(createContext(config, slow, { timeoutMs: 600 }).context));
  expect(error).toMatchObject({ code: 'TIMEOUT', args: { budgetMs: 600, phase: 'running s.sql:1' } });
  expect(await applyPlan(createContext(config, slow).context)).toMatchObject({
    outcome: 'applied',
    already: 3,
  });
});

test('a table lock that is not to be had is told as such', async () => {
  const config = await server.createDatabase();
  await applyPlan(createContext(config, migrations).context);
  const holder = await server.open(config);
  await holder.execute('begin; select * from t0');
  const more = [...migrations, { name: 'x.sql', steps: ['alter table t0 add x int'] }];
  const error = await getError(applyPlan(createContext(config, more, { lockTimeoutMs: 100 }).context));
  expect(error).toMatchObject({ code: 'MIGRATION_FAILED', args: { sqlstate: '55P03' } });
  expect(error.hint).toContain('Another session holds a lock');
  await holder.close();
});

test('a session that is lost in mid-run is opened again, and the run goes on', async () => {
  const config = await server.createDatabase();
  const { context, events } = createContext(config, migrations);
  const sessions: Session[] = [];
  const connect: typeof context.connect = async (within) => {
    const session = await context.connect(within);
    sessions.push(session);
    return session;
  };
  const running = applyPlan({ ...context, connect });
  while (!events.some((event) => event.type === 'migration-applied' && event.name === '1.sql'))
    await waitFor(2);
  await sessions[0]!.close();
  const result = await running;
  expect(result.outcome).toBe('applied');
  expect(result.steps.every((step) => step.status === 'applied')).toBe(true);
  expect(events.filter((event) => event.type === 'reconnecting')).toHaveLength(1);
  expect(await query(server, config, 'select count(*)::int as n from plinth.statements')).toEqual([
    { n: 15 },
  ]);
});

test('a session that somebody ended on purpose is not opened again; a rerun goes on', async () => {
  const config = await server.createDatabase();
  const { context, events } = createContext(config, migrations);
  const sessions: Session[] = [];
  const connect: typeof context.connect = async (within) => {
    const session = await context.connect(within);
    sessions.push(session);
    return session;
  };
  const failing = getError(applyPlan({ ...context, connect }));
  while (!events.some((event) => event.type === 'migration-applied' && event.name === '1.sql'))
    await waitFor(2);
  await query(server, config, `select pg_terminate_backend(${sessions[0]!.backendPid})`);
  const error = await failing;
  expect(error).toMatchObject({ code: 'ENDED_BY_ADMINISTRATOR', result: { outcome: 'failed' } });
  expect(error.result!.steps.some((step) => step.status === 'applied')).toBe(true);
  expect((await applyPlan(createContext(config, migrations).context)).outcome).toBe('applied');
});

test('a run goes on through a restart of the server', async () => {
  const config = await server.createDatabase();
  const { context, events } = createContext(config, migrations);
  const running = applyPlan(context);
  while (!events.some((event) => event.type === 'migration-applied')) await waitFor(2);
  await server.restart('immediate');
  expect((await running).outcome).toBe('applied');
  expect(events.some((event) => event.type === 'reconnecting')).toBe(true);
});

test('a statement that loses the session each time ends in an error, not in a loop', async () => {
  const config = await server.createDatabase();
  // The shell that it starts kills the backend, and with it every session of the server.
  const steps = ["copy (select 1) to program 'kill -9 $PPID'"];
  const error = await getError(applyPlan(createContext(config, [{ name: '1.sql', steps }]).context));
  expect(error).toMatchObject({ code: 'CONNECTION_LOST', result: { outcome: 'failed' } });
});
