import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, readStatus, type Status } from '../../src/index.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { withLock } from '../../src/postgres/lock.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer({ autovacuum: 'off' }, await getFreePort());
  cli = await createCommandLine(server.cacheDir);
  await server.query(server.getUrl(), 'create role looker login');
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const FILES = {
  '1_a.sql': renderGoose('create table a (id int);', 'create table other (id int);'),
  '2_b.sql': renderGoose('create table b (id int);', 'create index b_id on b (id);'),
};

async function open(url: string, applicationName: string): Promise<Session> {
  return openSession(await resolveConnection({ url, env: {} }), {
    applicationName,
    connectTimeoutMs: 30_000,
  });
}

const asLooker = (url: string): string =>
  `postgres://looker@127.0.0.1:${server.port}/${new URL(url).pathname.slice(1)}`;

const readXid = async (url: string): Promise<unknown> =>
  (await server.query(url, 'select pg_snapshot_xmax(pg_current_snapshot())::text as next'))[0]!['next'];

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test('a database that Plinth never saw', async () => {
  const url = await server.createDatabase();
  expect(await readStatus({ url })).toMatchObject({
    ledger: { schema: 'plinth', exists: false, version: null },
    histories: [],
    lock: { holder: null, waiting: [], blocking: [] },
    drift: null,
  });
  const told = await cli.run(['status', '--url', url]);
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toContain('There is nothing of Plinth here: no ledger in schema plinth.');
});

test('histories, tables, services and runs', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder(FILES);
  const given = { migrations, url, cacheDir: server.cacheDir };
  await apply({ ...given, tables: ['a'], service: 'billing' });
  await apply({ ...given, tables: ['b', 'a'], service: 'checkout' });
  await server.query(url, 'drop table a');
  const status = await readStatus({ url });
  expect(status).toMatchObject({
    ledger: { exists: true, version: 1 },
    histories: [
      {
        name: 'main',
        format: 'goose',
        location: migrations,
        migrations: 2,
        statements: 4,
        states: { applied: 3 },
        newest: '2_b.sql',
        at: TIME,
      },
    ],
    tables: [
      {
        name: 'public.a',
        there: false,
        asked: [
          { history: 'main', service: 'billing', at: TIME },
          { history: 'main', service: 'checkout', at: TIME },
        ],
      },
      { name: 'public.b', there: true, asked: [{ service: 'checkout' }] },
    ],
    services: [
      { name: 'billing', tables: ['public.a'] },
      { name: 'checkout', tables: ['public.a', 'public.b'], histories: ['main'], at: TIME },
    ],
    runs: [
      { service: 'checkout', outcome: 'applied', startedAt: TIME, endedAt: TIME },
      { service: 'billing', outcome: 'applied' },
    ],
  } satisfies Partial<Record<keyof Status, unknown>>);
  expect(status.runs[0]!.elapsedMs).toBeGreaterThanOrEqual(0);
  const { stdout } = await cli.run(['status', '--url', url]);
  expect(stdout).toContain('main: 3 of 4 statements, of 2 migrations; newest 2_b.sql');
  expect(stdout).toMatch(/public\.a\s+gone; billing \(.* UTC\), checkout \(.* UTC\)/);
  expect(stdout).toMatch(/checkout\/[0-9a-f]{8} {2}applied in \d+/);
  expect(stdout).toContain('Lock\n  free');
  const { stdout: json } = await cli.run(['status', '--url', url, '--json']);
  expect(JSON.parse(json)).toEqual({ format: 'plinth-status/1', ...status, target: expect.any(String) });
});

test('a run that was cut off, and one that goes on', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder(FILES);
  await apply({ migrations, url });
  await server.query(
    url,
    `insert into plinth.runs (id, history, service, application_name, plinth_version)
     values ('r1', 'main', 's', 'plinth/s/r1', '1'), ('r2', 'main', 's', 'plinth/s/r2', '1')`,
  );
  const holder = await open(url, 'plinth/s/r2');
  await withLock(holder, { schema: 'plinth', timeoutMs: 10_000 }, async () => {
    const { runs } = await readStatus({ url });
    expect(runs.map(({ id, outcome }) => [id, outcome])).toEqual(
      expect.arrayContaining([
        ['r1', 'cut off'],
        ['r2', 'running'],
      ]),
    );
  });
  await holder.close();
});

test('who holds the lock, for what it waits, and who waits for it', async () => {
  const url = await server.createDatabase();
  const holder = await open(url, 'plinth/billing/ab12');
  const waiter = await open(url, 'plinth/checkout/cd34');
  const blocker = await open(url, 'psql');
  await blocker.execute('create table t (id int)');
  await blocker.execute('begin; lock table t in access exclusive mode');
  const stop = new AbortController();
  await withLock(holder, { schema: 'plinth', timeoutMs: 10_000 }, async () => {
    const blocked = holder.query("select count(*) from t where 'password' <> 'x'").catch(() => null);
    const waiting = withLock(
      waiter,
      { schema: 'plinth', timeoutMs: 60_000, signal: stop.signal },
      async () => {},
    ).catch(() => null);
    const look = async (): Promise<unknown> => (await readStatus({ url })).lock;
    await expect.poll(look, { timeout: 30_000 }).toMatchObject({
      holder: {
        pid: holder.backendPid,
        applicationName: 'plinth/billing/ab12',
        user: 'postgres',
        backendStart: TIME,
        state: 'active',
        waitEvent: 'Lock:relation',
        query: expect.stringContaining('select count(*) from t where'),
      },
      waiting: [{ pid: waiter.backendPid, applicationName: 'plinth/checkout/cd34' }],
      blocking: [{ pid: blocker.backendPid, applicationName: 'psql', state: 'idle in transaction' }],
    });
    const { stdout } = await cli.run(['status', '--url', url]);
    expect(stdout).toContain(`held by plinth/billing/ab12 (pid ${holder.backendPid}, user postgres`);
    expect(stdout).toContain(`which waits for psql (pid ${blocker.backendPid}`);
    expect(stdout).toContain('waited for by plinth/checkout/cd34');
    expect(stdout).toContain('password ***');
    stop.abort();
    await waiting;
    await blocker.execute('rollback');
    await blocked;
  });
  for (const session of [holder, waiter, blocker]) await session.close();
});

test('a role that may only read sees it, writes nothing, and one that may not read is told so', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder(FILES);
  await apply({ migrations, url });
  await expect(readStatus({ url: asLooker(url) })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    args: { user: 'looker', what: 'read the ledger in schema plinth' },
  });
  await server.query(
    url,
    'grant usage on schema plinth to looker; grant select on all tables in schema plinth to looker',
  );
  const before = await readXid(url);
  const status = await readStatus({ url: asLooker(url), migrations });
  expect(status).toMatchObject({ histories: [{ name: 'main' }], drift: { pending: [] } });
  expect(await readXid(url)).toBe(before);
  // Sessions of others are hidden from it, but not that they are there.
  const holder = await open(url, 'plinth/billing/ab12');
  await withLock(holder, { schema: 'plinth', timeoutMs: 10_000 }, async () => {
    expect((await readStatus({ url: asLooker(url) })).lock.holder).toMatchObject({
      pid: holder.backendPid,
      applicationName: 'plinth/billing/ab12',
      backendStart: null,
    });
  });
  await holder.close();
});

test('how a folder and the ledger differ', async () => {
  const url = await server.createDatabase();
  const folder = await server.createFolder({
    ...FILES,
    '4_d.sql': renderGoose('alter table a add column d int;'),
  });
  const given = { migrations: folder, url, cacheDir: server.cacheDir };
  await apply({ ...given, tables: ['a'], service: 'billing' });
  await writeFile(
    join(folder, '1_a.sql'),
    renderGoose('create table a (id bigint);', 'create table other (id int);'),
  );
  await writeFile(join(folder, '3_c.sql'), renderGoose('alter table a add column c int;'));
  await writeFile(
    join(folder, '5_e.sql'),
    renderGoose('alter table a add column e int;', 'alter table b add column e int;'),
  );
  const { drift } = await readStatus(given);
  expect(drift).toMatchObject({
    history: 'main',
    changed: ['1_a.sql:2'],
    deleted: [],
    outOfOrder: ['3_c.sql'],
    tables: ['public.a'],
    pending: [
      { migration: '3_c.sql', statements: 1 },
      { migration: '5_e.sql', statements: 1 },
    ],
    unknown: null,
  });
  expect(drift!.catalogue!.differences).toEqual([
    'table public.a column id',
    'table public.a column c',
    'table public.a column e',
  ]);
  const { stdout, stderr, code } = await cli.run(['status', '-m', folder, '--url', url]);
  expect(stdout).toContain(
    'the catalogue differs from what the folder leaves in 3 places, what is to be applied among them',
  );
  expect([code, stderr.includes('allow-')]).toEqual([0, false]);
  expect(stdout).toContain('changed since it was applied: 1_a.sql:2');
  expect(stdout).toContain('to be applied for public.a: 2 statements of 2 migrations');
  await rm(join(folder, '1_a.sql'));
  expect((await readStatus(given)).drift).toMatchObject({
    deleted: ['1_a.sql'],
    unknown: expect.stringContaining('public.a'),
  });
});

test('the whole history is what is wanted where somebody asked for it', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder(FILES);
  await apply({ migrations, url });
  await writeFile(join(migrations, '3_c.sql'), renderGoose('create table c (id int);'));
  expect((await readStatus({ migrations, url })).drift).toMatchObject({
    tables: [],
    pending: [{ migration: '3_c.sql', statements: 1 }],
  });
});
