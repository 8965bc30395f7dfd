import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, type PlinthError, unlock } from '../../src/index.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { endHolder, readLockStatus } from '../../src/postgres/lock-status.js';
import { getTryLockSql } from '../../src/postgres/queries.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer({}, await getFreePort());
  cli = await createCommandLine(server.cacheDir);
  await server.query(server.getUrl(), 'create role looker login; create role owner login');
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

/** A session that holds the lock. */
async function hold(url: string, applicationName = 'plinth/billing/ab12'): Promise<Session> {
  const config = await resolveConnection({ url, env: {} });
  const session = await openSession(config, { applicationName, connectTimeoutMs: 30_000 });
  const [row] = await session.query(getTryLockSql('plinth'));
  expect(row!['locked']).toBe(true);
  return session;
}

const asUser = (url: string, user: string): string =>
  `postgres://${user}@127.0.0.1:${server.port}/${new URL(url).pathname.slice(1)}`;

test('nobody holds the lock: nothing to do, with --yes and without', async () => {
  const url = await server.createDatabase();
  for (const yes of [true, false]) {
    expect(await unlock({ url, yes })).toMatchObject({
      outcome: 'free',
      holder: null,
      sql: null,
      psql: null,
    });
  }
  expect(await cli.run(['unlock', '--url', url, '--yes'])).toMatchObject({
    code: 0,
    stdout: 'Nobody holds the lock: there is nothing to unlock.\n',
  });
});

test('the holder is told with what ends it, and is left alone', async () => {
  const url = await server.createDatabase();
  const holder = await hold(url);
  const told = await cli.run(['unlock', '--url', url]);
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toContain(`held by plinth/billing/ab12 (pid ${holder.backendPid}, user postgres`);
  expect(told.stdout).toContain(`plinth unlock --yes --pid ${holder.backendPid}\n`);
  expect(told.stdout).toContain(`  select pg_terminate_backend(${holder.backendPid});\n`);
  expect(await holder.query('select 1 as one')).toEqual([{ one: 1 }]);
  const { stdout } = await cli.run(['unlock', '--url', url, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'plinth-unlock/1',
    outcome: 'held',
    holder: { pid: holder.backendPid },
  });
  await holder.close();
});

const PSQL = '/usr/bin/psql';
test.skipIf(!existsSync(PSQL))('the psql command that is told ends the holder', async () => {
  const url = await server.createDatabase();
  const holder = await hold(url);
  const { psql } = await unlock({ url: asUser(url, 'postgres') });
  expect(psql).toMatch(/^psql "host=127\.0\.0\.1 port=\d+ user=postgres dbname=run_\d+" -c 'select/);
  await promisify(execFile)('bash', ['-c', psql!]);
  expect(await holder.closed).toBeInstanceOf(Error);
  expect(await unlock({ url })).toMatchObject({ outcome: 'free' });
});

test('--yes ends the session, and tells what became of the lock', async () => {
  const url = await server.createDatabase();
  const holder = await hold(url);
  const ended = await cli.run(['unlock', '--url', url, '--yes', '--pid', String(holder.backendPid)]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain(`Ended plinth/billing/ab12 (pid ${holder.backendPid})`);
  expect(ended.stdout).toContain('The lock is free.');
  expect(await holder.closed).toBeInstanceOf(Error);
});

test('a run that is ended so stops, and does not take the lock again', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': renderGoose('create table b (id int);', 'select pg_sleep(600);'),
  });
  const running = apply({ migrations, url, timeout: '5m' }).then(
    () => null,
    (error: unknown) => error as PlinthError,
  );
  const sleeps = "select from pg_stat_activity where wait_event = 'PgSleep'";
  await expect.poll(() => server.query(url, sleeps), { timeout: 30_000 }).toHaveLength(1);
  expect(await unlock({ url, yes: true })).toMatchObject({
    outcome: 'ended',
    holder: { applicationName: expect.stringMatching(/^plinth\/default\//) },
  });
  const error = await running;
  expect(error).toMatchObject({
    code: 'ENDED_BY_ADMINISTRATOR',
    result: { steps: [{ status: 'applied' }, { status: 'not-executed' }, { status: 'not-executed' }] },
  });
  expect(await unlock({ url })).toMatchObject({ outcome: 'free' });
  expect(await server.query(url, 'select outcome from plinth.runs')).toEqual([{ outcome: 'failed' }]);
});

test('another holder than the one that was meant is left alone', async () => {
  const url = await server.createDatabase();
  const holder = await hold(url);
  const failed = await cli.run(['unlock', '--url', url, '--yes', '--pid', '999999']);
  expect(failed.code).toBe(9);
  expect(failed.stderr).toContain(
    'error[HOLDER_CHANGED]: process 999999 does not hold the lock any more, but plinth/billing/ab12',
  );
  // The same process number, but another session.
  const looker = await hold(await server.createDatabase(), 'looker');
  const other = await openSession(await resolveConnection({ url, env: {} }), {
    applicationName: 't',
    connectTimeoutMs: 30_000,
  });
  const { pid } = (await readLockStatus(other, 'plinth')).holder!;
  expect(await endHolder(other, 'plinth', { pid, backendStart: '2001-01-01T00:00:00.000Z' })).toBeNull();
  expect(await holder.query('select 1 as one')).toEqual([{ one: 1 }]);
  for (const session of [holder, looker, other]) await session.close();
});

test('without the right to end it the error says who may', async () => {
  const url = await server.createDatabase();
  const holder = await hold(url);
  const failed = await cli.run(['unlock', '--url', asUser(url, 'looker'), '--yes']);
  expect(failed.code).toBe(4);
  expect(failed.stderr).toContain(
    `error[UNLOCK_REFUSED]: this user may not end process ${holder.backendPid} of the user postgres`,
  );
  expect(failed.stderr).toContain('pg_signal_backend');
  expect(await holder.query('select 1 as one')).toEqual([{ one: 1 }]);
  await holder.close();
  // Its own sessions a user may end.
  const own = await hold(asUser(url, 'owner'));
  expect(await unlock({ url: asUser(url, 'owner'), yes: true })).toMatchObject({ outcome: 'ended' });
  expect(await own.closed).toBeInstanceOf(Error);
});

test.each([
  [['unlock', '--pid', 'x', '--url', 'postgres://u@h/d'], '--pid must be the number of a process'],
  [['unlock'], 'no target'],
  [['status'], 'no target'],
])('%j is refused', async (argv, words) => {
  const ended = await cli.run(argv);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(words);
});
