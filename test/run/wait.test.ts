import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, isPlinthError, type RunEvent, wait } from '../../src/index.js';
import { renderEvent } from '../../src/report/event-text.js';
import { type CommandLine, createCommandLine, finish, waitForLines } from '../support/cli-process.js';
import { type RunServer, SHOP, startRunServer } from '../support/run-database.js';

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

const getSource = () => ({ migrations: SHOP, scratch: server.getUrl(), cacheDir: server.cacheDir });

test('waits for tables that somebody else makes meanwhile, and tells what for', async () => {
  const url = await server.createDatabase();
  const told: string[] = [];
  let hasWaited = (): void => {};
  const waited = new Promise<void>((resolve) => {
    hasWaited = resolve;
  });
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'waiting') told.push(renderEvent(event)!);
    if (event.type === 'waiting') hasWaited();
  };
  const waiting = wait({ ...getSource(), url, tables: ['orders'], timeout: '55s', every: 50 }, { onEvent });
  await waited;
  await apply({ ...getSource(), url, tables: ['stock'] });
  await apply({ ...getSource(), url, tables: ['orders'] });
  expect(await waiting).toMatchObject({ ok: true, tables: ['public.orders'] });
  expect(told[0]).toMatch(/^Waiting: .* is missing, and \d+ more differences\.$/);
});

test('waits for a database that does not exist yet, and a session that is lost', async () => {
  const url = await server.createDatabase();
  const name = new URL(url).pathname.slice(1) || 'missing';
  const missing = url.replace(name, `${name}_later`);
  const child = cli.start([
    'wait',
    '-m',
    SHOP,
    '--url',
    missing,
    '--tables',
    'stock',
    '--timeout',
    '55s',
    '--json',
  ]);
  const ended = finish(child);
  await waitForLines(child, 'waiting');
  await server.query(url, `create database ${name}_later`);
  await waitForLines(child, 'connected');
  await server.query(
    url,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plinth/wait/%'",
  );
  await apply({ ...getSource(), url: missing, tables: ['stock'] });
  expect(await ended).toMatchObject({ code: 0 });
});

test('when the time is up, it says what still differs', async () => {
  const url = await server.createDatabase();
  const { code, stdout, stderr } = await cli.run([
    'wait',
    '-m',
    SHOP,
    '--url',
    url,
    '-t',
    'stock',
    '--timeout',
    '2s',
  ]);
  expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
  expect(stderr).toContain('error[TABLES_NOT_READY]: the tables were not there within');
  expect(stderr).toContain('is missing');
});

test('a wrong password is no reason to wait', async () => {
  const url = await server.createDatabase();
  const wrong = `${url}${url.includes('?') ? '&' : '?'}user=nobody_of_that_name`;
  const failing = wait({ ...getSource(), url: wrong, tables: ['stock'], timeout: '50s' });
  const error = await failing.catch((thrown: unknown) => thrown);
  expect(isPlinthError(error) ? error.code : error).toBe('AUTHENTICATION_FAILED');
});
