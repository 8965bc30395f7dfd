import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, plan, prove, type RunEvent } from '../../src/index.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

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

const FILES = {
  '1_orders.sql': renderGoose('create table orders (id int primary key);', 'create table notes (id int);'),
  '2_backfill.go': 'package migrations',
  '3_index.sql': renderGoose('create index on filled (id);'),
};
const STEP = 'create table filled (id int references orders);\ninsert into filled select id from orders;\n';

const getOptions = (migrations: string) => ({
  migrations,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
});

test('without recorded SQL the proof ends at the step in code, and says so', async () => {
  const folder = await server.createFolder({
    ...FILES,
    '3_index.sql': renderGoose('create index on orders (id);'),
  });
  const events: RunEvent[] = [];
  const { tables } = await prove(getOptions(folder), { onEvent: (event) => events.push(event) });
  expect(tables.map(({ name, proof }) => [name, proof?.standing, proof?.why?.code])).toEqual([
    ['notes', 'proven', undefined],
    ['orders', 'not-provable', 'STEP_NOT_RECORDED'],
  ]);
  expect(events).toContainEqual({
    type: 'finding',
    finding: { code: 'STEP_NOT_RECORDED', severity: 'warning', args: { step: '2_backfill.go' } },
  });
  const planned = await plan({ ...getOptions(folder), tables: ['orders'] });
  expect(planned.proof).toBe('not-provable');
});

test('recorded SQL is proven, kept in the lock file, and run in its place where a slice needs it', async () => {
  const folder = await server.createFolder(FILES);
  const file = join(server.dir, 'backfill.sql');
  await writeFile(file, STEP.replaceAll('\n', '\r\n'));
  const argv = ['prove', '-m', folder, '--scratch', server.getUrl(), '--step', `2_backfill.go=${file}`];
  const proved = await cli.run(argv);
  expect(proved).toMatchObject({ code: 0 });
  expect(proved.stdout).toContain('3 proven, 0 enlarged, 0 not provable');
  const lock = await readFile(join(folder, 'plinth.lock.json'), 'utf8');
  expect(JSON.parse(lock).observation.steps).toMatchObject([{ name: '2_backfill.go', sql: STEP }]);
  // Nothing else is needed from here on, be it the file or a scratch server.
  await writeFile(file, 'gone');
  const none = { PLINTH_SCRATCH_URL: 'postgres://no@127.0.0.1:1/x' };
  const planned = await cli.run(['plan', '-m', folder, '-t', 'filled', '--no-cache'], none);
  expect(planned.stdout).toContain('2_backfill.go  (recorded SQL of a step in code)\n');
  expect(planned.stdout).not.toContain('which Plinth does not run');
  const url = await server.createDatabase();
  const result = await apply({ migrations: folder, tables: ['filled'], cacheDir: false, url });
  expect(result).toMatchObject({
    outcome: 'applied',
    findings: [],
    created: ['public.filled', 'public.orders'],
  });
  expect(await cli.run(['prove', '--check', '-m', folder], none)).toMatchObject({ code: 0 });
  // Proven again without the option, it is still what was recorded.
  const again = await prove({ ...getOptions(folder), cacheDir: false });
  expect(again.tables.every(({ proof }) => proof?.standing === 'proven')).toBe(true);
  expect(await readFile(join(folder, 'plinth.lock.json'), 'utf8')).toBe(lock);
});

test('SQL for a step that the history does not have is refused with those that it has', async () => {
  const folder = await server.createFolder(FILES);
  const ended = await cli.run(['prove', '-m', folder, '--step', 'backfill.go=x.sql']);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain('error[STEP_UNKNOWN]: the history has no step in code backfill.go');
  expect(ended.stderr).toContain('2_backfill.go');
});
