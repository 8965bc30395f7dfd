import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

interface PlanJson {
  readonly format: string;
  readonly history: Readonly<Record<string, unknown>>;
  readonly tables: readonly string[];
  readonly steps: readonly Readonly<
    Record<'migration' | 'kind' | 'sql' | 'why', string> & {
      statement: number;
      line: number;
      reason: string[];
    }
  >[];
  readonly leftOut: {
    readonly statements: number;
    readonly unneeded: readonly unknown[];
    readonly idle: readonly unknown[];
  };
}

async function readPlan(...argv: readonly string[]): Promise<PlanJson> {
  const { code, stdout } = await cli.run(['plan', '-m', SHOP, '--json', ...argv]);
  expect(code).toBe(0);
  return JSON.parse(stdout) as PlanJson;
}

test('plan --json tells history, tables, steps with their reasons, and what is left out', async () => {
  const planned = await readPlan('--tables', 'orders,countries');
  expect(planned).toMatchObject({
    format: 'plinth-plan/1',
    history: { format: 'goose', migrations: 40, statements: 123 },
    tables: ['public.countries', 'public.orders'],
  });
  for (const step of planned.steps) {
    expect(step).toEqual(
      expect.objectContaining({
        migration: expect.stringMatching(/^\d{5}_\w+\.sql$/),
        statement: expect.any(Number),
        line: expect.any(Number),
        kind: expect.stringMatching(/^[A-Z]/),
        sql: expect.stringMatching(/^[A-Z]/),
      }),
    );
    expect(step.reason.length, step.sql).toBeGreaterThan(0);
    expect(['public.countries', 'public.orders', 'countries', 'orders']).toContain(step.reason[0]);
  }
  const { statements, unneeded, idle } = planned.leftOut;
  expect(unneeded.length + idle.length).toBe(statements);
  expect(planned.steps.length + statements).toBe(123);
  const partition = planned.steps.find(({ sql }) => sql.includes('orders_rest'));
  expect(partition).toMatchObject({
    migration: '00030_more_orders.sql',
    statement: 1,
    line: 3,
    kind: 'CREATE TABLE',
  });
});

test('the steps of a plan, run one after the other, are what apply makes', async () => {
  const { steps } = await readPlan('--tables', 'messages');
  const [url, other] = [await server.createDatabase(), await server.createDatabase()];
  for (const { sql } of steps) await server.query(url, sql);
  await apply({ migrations: SHOP, url: other, tables: ['messages'], cacheDir: server.cacheDir });
  expect(await server.readPicture(url)).toEqual(await server.readPicture(other));
});

test('a plan against a target tells only what is missing there, and changes nothing', async () => {
  const url = await server.createDatabase();
  const all = await readPlan('--tables', 'stock,suppliers', '--url', url);
  expect(await server.query(url, "select from pg_namespace where nspname = 'plinth'")).toEqual([]);
  await apply({ migrations: SHOP, url, tables: ['suppliers'], cacheDir: server.cacheDir });
  const before = await server.query(url, 'select * from plinth.statements order by 1, 2, 3');
  const rest = await readPlan('--tables', 'stock,suppliers', '--url', url);
  expect(rest).toMatchObject({ already: before.filter(({ state }) => state === 'applied').length });
  expect(rest.steps.map(({ sql }) => sql).join()).not.toContain('CREATE TABLE suppliers');
  expect(rest.steps.length).toBeLessThan(all.steps.length);
  expect(await readPlan('--tables', 'suppliers', '--url', url)).toMatchObject({ steps: [], creates: [] });
  expect(await server.query(url, 'select * from plinth.statements order by 1, 2, 3')).toEqual(before);
});

test('a plan of the whole history has every statement', async () => {
  const { steps, leftOut, tables } = await readPlan();
  expect([steps.length, leftOut.statements, tables]).toEqual([123, 0, []]);
});

test.each([[[]], [['--tables', 'reviews', '--no-cache']]])(
  'apply --json is lines that end with the result (%j)',
  async (argv) => {
    const url = await server.createDatabase();
    const { code, stdout, stderr } = await cli.run(['apply', '-m', SHOP, '--url', url, '--json', ...argv]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = parseLines(stdout);
    expect(new Set(lines.map(({ format }) => format))).toEqual(new Set(['plinth-events/1']));
    expect(lines.filter(({ type }) => type === 'finished')).toEqual([lines.at(-1)]);
    const { result } = lines.at(-1) as {
      result: { outcome: string; steps: { status: string; statement: number }[] };
    };
    expect(result.outcome).toBe('applied');
    expect(new Set(result.steps.map(({ status }) => status)).has('applied')).toBe(true);
    const types = lines.map(({ type }) => String(type));
    const order = ['history', 'connected', 'planned', 'migration-started', 'migration-applied', 'finished'];
    expect(order.map((type) => types.indexOf(type))).toEqual(
      order.map((type) => types.indexOf(type)).sort((a, b) => a - b),
    );
    const begun = lines.filter(({ type }) => type === 'migration-started').map(({ name }) => name);
    expect(lines.filter(({ type }) => type === 'migration-applied').map(({ name }) => name)).toEqual(begun);
  },
);

test('a failure under --json ends with the error, its place and what became of every step', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': renderGoose('create table b (id int);', "insert into b values ('é');"),
  });
  const url = await server.createDatabase();
  const { code, stdout } = await cli.run(['apply', '-m', folder, '--url', url, '--json']);
  expect(code).toBe(5);
  expect(parseLines(stdout).at(-1)).toMatchObject({
    type: 'error',
    code: 'MIGRATION_FAILED',
    place: { file: '2_b.sql', line: 3, column: 23 },
    result: {
      outcome: 'failed',
      created: ['public.a'],
      steps: [{ status: 'applied' }, { status: 'not-executed' }, { status: 'failed' }],
    },
  });
});
