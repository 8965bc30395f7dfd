import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded, stopEmbedded } from '../../src/embedded/server.js';
import type { Diagnosis, Rung } from '../../src/index.js';
import { diagnose, isPlinthError } from '../../src/index.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let dir: string;
const listeners: Server[] = [];
beforeAll(async () => {
  server = await startTestServer();
  dir = await mkdtemp(join(tmpdir(), 'plinth-doctor-'));
  // PostgreSQL does not run as root.
  await chmod(dir, 0o755);
});
afterAll(async () => {
  for (const listener of listeners) listener.close();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

const getUrl = (
  more: { readonly user?: string; readonly password?: string; readonly path?: string } = {},
) => {
  const { host, port, password } = server.config;
  return `postgres://${more.user ?? 'postgres'}:${more.password ?? password}@${host}:${port}/${more.path ?? 'postgres'}`;
};
const getStep = ({ steps }: Diagnosis, rung: Rung) => steps.find((step) => step.rung === rung)!;
const getFailures = ({ steps }: Diagnosis) =>
  steps.flatMap((step) => (step.outcome === 'failed' ? [[step.rung, step.problem.code]] : []));

/** A port at which something says this, or nothing at all, to whoever connects. */
async function listen(text: string | null): Promise<number> {
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    if (text !== null) socket.end(text);
  });
  listeners.push(listener);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as { port: number }).port;
}

describe('by a URL', () => {
  test('every rung holds, and nothing is made', async () => {
    const diagnosis = await diagnose({ url: getUrl() });
    expect(diagnosis).toMatchObject({ ok: true });
    expect(diagnosis.steps.map(({ rung, outcome }) => `${rung} ${outcome}`)).toEqual(
      'credentials connection login server writing pooling ledger disk lock'
        .split(' ')
        .map((rung) => `${rung} passed`),
    );
    expect(JSON.stringify(diagnosis)).not.toContain(server.config.password);
    expect(getStep(diagnosis, 'ledger')).toMatchObject({ facts: { schema: 'plinth', exists: false } });
    const session = await server.open();
    expect(await session.query(`select from pg_namespace where nspname = 'plinth'`)).toEqual([]);
    await session.close();
  });

  test.each([
    ['a wrong password', () => getUrl({ password: 'wrong' }), ['login', 'AUTHENTICATION_FAILED']],
    ['a database that is not there', () => getUrl({ path: 'nowhere' }), ['login', 'DATABASE_MISSING']],
    ['TLS that is not offered', () => getUrl({ path: 'postgres?sslmode=require' }), ['login', 'TLS_FAILED']],
    ['a closed port', () => 'postgres://u@127.0.0.1:1/d', ['connection', 'POSTGRES_NOT_READY']],
  ])('%s is told on its rung, and what stands on it is not asked', async (_, url, failure) => {
    const diagnosis = await diagnose({ url: url() });
    expect(getFailures(diagnosis)).toEqual([failure]);
    expect(getStep(diagnosis, 'lock')).toMatchObject({ outcome: 'not-asked', after: failure[0] });
  });

  test('what greets otherwise is no PostgreSQL; what says nothing is not waited for without end', async () => {
    const greeting = await diagnose({
      url: `postgres://u@127.0.0.1:${await listen('SSH-2.0-OpenSSH\r\n')}/d`,
    });
    expect(getFailures(greeting)).toEqual([['connection', 'NOT_POSTGRES']]);
    const silent = `postgres://u@127.0.0.1:${await listen(null)}/d`;
    expect(getFailures(await diagnose({ url: silent, timeout: 300 }))).toEqual([
      ['connection', 'POSTGRES_NOT_READY'],
    ]);
  });

  test('a role with few rights sees where it stands; what follows is asked nevertheless', async () => {
    const { database } = await server.createDatabase();
    const session = await server.open();
    await session.execute(
      `create role looker login password 'look'; revoke create on database ${database} from public`,
    );
    await session.close();
    const diagnosis = await diagnose({ url: getUrl({ user: 'looker', password: 'look', path: database }) });
    expect(getFailures(diagnosis)).toEqual([['ledger', 'PERMISSION_DENIED']]);
    expect(getStep(diagnosis, 'disk')).toMatchObject({ outcome: 'passed' });
    expect(getStep(diagnosis, 'lock')).toMatchObject({ outcome: 'passed', facts: { holder: null } });
  });

  test('writing that is turned off, the ledger of a newer Plinth, and a held lock are told together', async () => {
    const config = await server.createDatabase();
    const session = await server.open(config);
    const { getCreateLedgerSql, getTryLockSql } = await import('../../src/postgres/queries.js');
    await session.execute(`${getCreateLedgerSql('plinth', true)}; update plinth.meta set version = 999;
      alter database ${config.database} set default_transaction_read_only = on`);
    await session.query(getTryLockSql('plinth'));
    const diagnosis = await diagnose({ url: getUrl({ path: config.database }) });
    expect(getFailures(diagnosis)).toEqual([
      ['writing', 'READ_ONLY'],
      ['ledger', 'LEDGER_NEWER'],
    ]);
    expect(getStep(diagnosis, 'lock')).toMatchObject({ facts: { holder: { pid: session.backendPid } } });
    await session.close();
  });

  test('a signal stops it', async () => {
    const url = `postgres://u@127.0.0.1:${await listen(null)}/d`;
    const stopping = diagnose({ url }, { signal: AbortSignal.timeout(100) });
    const error = await stopping.catch((thrown: unknown) => thrown);
    expect(isPlinthError(error) && error.code).toBe('ABORTED');
  });
});

test('an embedded server is looked at as it is: absent, stopped, or running; it is not started', async () => {
  const embedded = join(dir, 'pg');
  expect(getStep(await diagnose({ embedded }), 'embedded')).toMatchObject({ facts: { state: 'absent' } });
  await startEmbedded({ dataDir: embedded, detached: true });
  const running = await diagnose({ embedded });
  expect(running.ok).toBe(true);
  await stopEmbedded(embedded);
  const stopped = await diagnose({ embedded });
  expect(getStep(stopped, 'embedded')).toMatchObject({ facts: { state: 'stopped' } });
  expect(getStep(stopped, 'lock')).toMatchObject({ outcome: 'not-asked', after: 'embedded' });
});

test('plinth doctor prints the ladder, and takes its target from plinth.json', async () => {
  const { runHere } = await import('../cli/helpers/run.js');
  const library = await import('../../src/run.js');
  const config = join(dir, 'plinth.json');
  await writeFile(config, JSON.stringify({ targets: { here: { url: 'postgres://u@127.0.0.1:1/d' } } }));
  const failed = await runHere(['doctor', '--config', config, '--target', 'here'], { library });
  expect(failed.code).toBe(4);
  expect(failed.stdout).toMatch(/^ {2}ok {4}credentials .*\n {2}fail {2}connection .*ECONNREFUSED/m);
  expect(failed.stdout).toContain('a run waits for it');
  expect(failed.stdout).toContain('login, server, writing, pooling, ledger, disk, lock  not asked');
  const json = await runHere(['doctor', '--json', '--url', getUrl()], { library });
  expect(json).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ format: 'plinth-diagnosis/1', ok: true });
  expect((await runHere(['doctor'], { library })).code).toBe(2);
});
