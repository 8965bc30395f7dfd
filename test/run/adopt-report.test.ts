import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AdoptOptions, adopt, apply, verify } from '../../src/index.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

const FIRST = 'create table a (id int primary key); create table b (id int primary key);';
const SECOND =
  'alter table b add column x text; create table c (id int references a); create table d (id int);';
const FILES = {
  '1_first.sql': renderGoose(FIRST),
  '2_second.sql': renderGoose(SECOND),
};

let server: RunServer;
let cli: CommandLine;
let folder: string;
let url: string;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  folder = await server.createFolder(FILES);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});
beforeEach(async () => {
  url = await server.createDatabase();
});

const getOptions = (more: Partial<AdoptOptions> = {}): AdoptOptions => ({
  migrations: folder,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
  url,
  ...more,
});
const getStates = async (more?: Partial<AdoptOptions>) => {
  const { outcome, tables } = await adopt(getOptions(more));
  return { outcome, ...Object.fromEntries(tables.map(({ name, state }) => [name.slice(7), state])) };
};
const hasLedger = async (): Promise<boolean> =>
  (await server.query(url, "select from pg_namespace where nspname = 'plinth'")).length > 0;

test('a report tells of every table, and changes nothing', async () => {
  await server.query(url, `${FIRST} create table c (id int references a)`);
  const report = await adopt(getOptions());
  expect(report).toMatchObject({ outcome: 'would-adopt', statements: 2 });
  expect(report.tables).toMatchObject([
    { name: 'public.a', state: 'equal' },
    {
      name: 'public.b',
      state: 'different',
      asOf: '1_first.sql',
      differences: [{ kind: 'column', name: 'x' }],
    },
    { name: 'public.c', state: 'equal' },
    { name: 'public.d', state: 'missing' },
  ]);
  expect(await hasLedger()).toBe(false);
});

test('with yes what is equal is adopted, what differs is left out, and apply makes the rest', async () => {
  await server.query(url, `${FIRST} create table c (id int references a)`);
  expect(await getStates({ yes: true })).toMatchObject({ outcome: 'adopted', b: 'different' });
  expect(await getStates({ yes: true })).toEqual({
    outcome: 'nothing-to-adopt',
    a: 'recorded',
    b: 'different',
    c: 'recorded',
    d: 'missing',
  });
  await expect(apply(getOptions())).rejects.toMatchObject({
    code: 'TABLE_EXISTS',
    args: { tables: ['public.b'] },
  });
  await server.query(url, 'alter table b add column x text');
  expect(await apply(getOptions())).toMatchObject({ adopted: ['public.b'], created: ['public.d'] });
  expect(await verify(getOptions())).toMatchObject({ ok: true });
  expect(await apply(getOptions())).toMatchObject({ outcome: 'nothing-to-do' });
});

test('a table that is made together with a missing one is equal, and told not to be adoptable', async () => {
  const joint = {
    '1_m.sql': renderGoose('create table a (id int);', 'create table b (id int);'),
    '2_m.sql': renderGoose('do $$ begin alter table a add x int; alter table b add x int; end $$;'),
  };
  await server.query(url, 'create table a (id int, x int)');
  const report = await adopt(getOptions({ migrations: await server.createFolder(joint) }));
  expect(report).toMatchObject({ outcome: 'nothing-to-adopt' });
  expect(report.tables[0]).toMatchObject({ state: 'equal', reason: expect.stringContaining('2_m.sql:2') });
});

test('only the tables that are named, and what they stand on', async () => {
  await server.query(url, `${FIRST} ${SECOND}`);
  expect(await getStates({ tables: ['c'], yes: true })).toEqual({
    outcome: 'adopted',
    a: 'equal',
    c: 'equal',
  });
});

test('without a way to watch the history it is refused', async () => {
  await server.query(url, FIRST);
  const blind = { scratch: 'postgresql://nobody@127.0.0.1:1/none', cacheDir: `${server.dir}/blind` };
  await expect(adopt(getOptions(blind))).rejects.toMatchObject({ code: 'SCRATCH_UNAVAILABLE' });
});

test('two at the same time adopt once', async () => {
  await server.query(url, `${FIRST} ${SECOND}`);
  const outcomes = await Promise.all([1, 2].map(async () => (await getStates({ yes: true })).outcome));
  expect(outcomes.sort()).toEqual(['adopted', 'nothing-to-adopt']);
});

test('the command line prints the report, and ends with 6 where a table is another one', async () => {
  await server.query(url, `${FIRST} create table c (id int references a)`);
  const run = (...argv: string[]) =>
    cli.run(['apply', '-m', folder, '--url', url, '--scratch', server.getUrl(), '--adopt', ...argv]);
  const human = await run();
  expect({ code: human.code, stdout: human.stdout }).toEqual({
    code: 6,
    stdout: [
      'public.a  as the history leaves it',
      'public.b  different, as 1_first.sql left it',
      '  table public.b',
      '    column x is missing: text',
      'public.c  as the history leaves it',
      'public.d  not there',
      '',
      'Would adopt 2 tables (2 statements); 1 different, 1 not there.',
      'Nothing was changed: --yes adopts what is as the history leaves it.',
      '',
    ].join('\n'),
  });
  const json = await run('--yes', '--json');
  expect(parseLines(json.stdout).at(-1)).toMatchObject({
    format: 'plinth-events/1',
    type: 'adoption',
    report: { outcome: 'adopted', statements: 2 },
  });
  await server.query(url, 'alter table b add column x text');
  expect(await run('--yes')).toMatchObject({ code: 0 });
  expect(await run('--dry-run', '--yes')).toMatchObject({ code: 2 });
});
