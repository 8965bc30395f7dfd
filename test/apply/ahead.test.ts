import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import type { ApplyContext } from '../../src/apply/context.js';
import { waitFor } from '../../src/postgres/delay.js';
import type { Session } from '../../src/postgres/session.js';
import { createContext, type MigrationInput } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

/** The messages of migrations in the order in which they were sent: whether each was sent behind another. */
async function readWentAhead({ ...context }: ApplyContext): Promise<readonly boolean[]> {
  const ahead: boolean[] = [];
  const connect: ApplyContext['connect'] = async (within) => {
    const session = await context.connect(within);
    const execute: Session['execute'] = (sql, rows, onNotice) => {
      if (onNotice !== undefined) ahead.push(sql.startsWith('deallocate'));
      return session.execute(sql, rows, onNotice);
    };
    return { ...session, execute };
  };
  await applyPlan({ ...context, connect });
  return ahead;
}

const table = (name: string): MigrationInput => ({
  name: `${name}.sql`,
  steps: [`create table ${name} (id int)`],
});
const copy: MigrationInput = {
  name: 'copy.sql',
  steps: ['create table r (id int)', { sql: 'copy r from stdin', kind: 'CopyStmt', rows: '1\n2\n' }],
};

test('a migration is on its way while the one before runs, though not behind rows, nor where it is no single transaction', async () => {
  const outside: MigrationInput = {
    name: 'outside.sql',
    steps: ['create table o (id int)', { sql: 'vacuum o', outside: true }],
  };
  const config = await server.createDatabase();
  const all = [table('a'), table('b'), copy, table('c'), outside, table('d'), table('e')];
  expect(await readWentAhead(createContext(config, all).context)).toEqual([
    ...[false, true, true],
    // Behind the rows, then the first transaction of what is several, and what comes after its end.
    ...[false, false, false, true],
  ]);
  const sql = 'select count(*)::int as n, (select count(*)::int from plinth.statements) as s from r';
  expect(await query(server, config, sql)).toEqual([{ n: 2, s: 9 }]);
});

test.for([
  { what: 'in the middle', steps: ['select 1/0'], sqlstate: '22012' },
  {
    what: 'at its commit',
    steps: [
      'create table t (id int primary key deferrable initially deferred)',
      'insert into t values (1), (1)',
    ],
    sqlstate: '23505',
  },
  { what: 'as it does not parse', steps: ['create tabel x'], sqlstate: '42601' },
])(
  'of a migration that is on its way nothing runs where the one before fails $what',
  async ({ steps, sqlstate }) => {
    const config = await server.createDatabase();
    const { context, events } = createContext(config, [
      table('a'),
      { name: 'bad.sql', steps },
      table('later'),
    ]);
    const error = await getError(applyPlan(context));
    expect(error).toMatchObject({ code: 'MIGRATION_FAILED', args: { migration: 'bad.sql', sqlstate } });
    expect(error.result?.steps.map(({ status }) => status).at(-1)).toBe('not-executed');
    expect(events.filter((event) => event.type === 'migration-started')).toHaveLength(2);
    const sql = `select to_regclass('later') as later, count(*)::int as n, min(outcome) as outcome
    from plinth.statements cross join (select outcome from plinth.runs) r`;
    expect(await query(server, config, sql)).toEqual([{ later: null, n: 1, outcome: 'failed' }]);
  },
);

test('what is refused behind a migration that is tried again is sent again', async () => {
  const config = await server.createDatabase();
  await query(server, config, 'create role ahead_reader');
  const role = { sql: 'create role ahead_reader', kind: 'CreateRoleStmt', roles: ['ahead_reader'] };
  const { context } = createContext(config, [
    { name: 'role.sql', steps: [role, 'create table a (id int)'] },
    { name: 'vacuum.sql', steps: ['create table b (id int)', 'vacuum b'] },
    table('c'),
  ]);
  const result = await applyPlan(context);
  expect(result.steps.map(({ status }) => status)).toEqual(['skipped', ...Array(4).fill('applied')]);
  expect(await query(server, config, 'select count(*)::int as n from plinth.statements')).toEqual([{ n: 5 }]);
});

test('what it says is told with its own name, after the end of the one before', async () => {
  const config = await server.createDatabase();
  const say = (name: string): MigrationInput => ({
    name,
    steps: [`do $$ begin raise notice 'of ${name}'; end $$`],
  });
  const names = Array.from({ length: 6 }, (_, at) => `${at}.sql`);
  const { context, events } = createContext(config, names.map(say));
  await applyPlan(context);
  const told = events.flatMap((event) => {
    if (event.type === 'notice') return [`${event.migration}: ${event.message}`];
    return event.type === 'migration-applied' ? [event.name] : [];
  });
  expect(told).toEqual(names.flatMap((name) => [`${name}: of ${name}`, name]));
});

test('a run that is stopped ends with the migration that runs, or with the one on its way', async () => {
  const config = await server.createDatabase();
  const stopping = new AbortController();
  const slow = { name: 'slow.sql', steps: ['create table s (id int)', 'select pg_sleep(60)'] };
  const { context, events } = createContext(config, [slow, table('later')], { signal: stopping.signal });
  const running = getError(applyPlan(context));
  while (!events.some(({ type }) => type === 'migration-started')) await waitFor(10);
  stopping.abort();
  expect(await running).toMatchObject({ code: 'ABORTED', result: { outcome: 'aborted' } });
  const sql = "select to_regclass('later') as later, to_regclass('s') as s";
  expect(await query(server, config, sql)).toEqual([{ later: null, s: null }]);
});

test('one that is stopped while the next is on its way accounts for it as the ledger does', async () => {
  for (let at = 0; at < 12; at += 1) {
    const config = await server.createDatabase();
    const stopping = new AbortController();
    const many = Array.from({ length: 12 }, (_, n) => table(`t${n}`));
    const { context } = createContext(config, many, { signal: stopping.signal });
    const onEvent: ApplyContext['onEvent'] = (event) => {
      if (event.type === 'migration-applied' && event.name === `t${at}.sql`) stopping.abort();
    };
    const ended = await applyPlan({ ...context, onEvent }).catch(
      (error: { result: unknown }) => error.result,
    );
    const { steps } = ended as Awaited<ReturnType<typeof applyPlan>>;
    const applied = steps.filter(({ status }) => status === 'applied').length;
    const sql = `select count(*)::int as n, (select count(*)::int from pg_tables where schemaname = 'public') as t
      from plinth.statements`;
    expect(await query(server, config, sql)).toEqual([{ n: applied, t: applied }]);
  }
});
