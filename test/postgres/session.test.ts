import net from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession, parseServerVersion, type Session } from '../../src/postgres/session.js';
import { isServerError, type ServerError } from '../../src/postgres/sqlstate.js';
import { startTestServer, type TestServer, waitForSleep } from '../support/server.js';

let server: TestServer;
let session: Session;
beforeAll(async () => {
  server = await startTestServer();
  session = await server.open();
}, 60_000);
afterAll(async () => {
  await session.close();
  await server.stop();
});

test('several statements in one message give one result each', async () => {
  const results = await session.execute(
    'select 1 as a; create temp table t (a int); insert into t values (1), (2)',
  );
  expect(results.map((result) => result.command)).toEqual(['SELECT', 'CREATE', 'INSERT']);
  expect(results[0]!.rows).toEqual([{ a: 1 }]);
  expect(results[2]!.rowCount).toBe(2);
});

test('a failed message tells how many of its statements had ended', async () => {
  const error = await session.execute('select 1; select 2; select 1/0; select 3').catch((e: unknown) => e);
  expect(isServerError(error)).toBe(true);
  expect(error).toMatchObject({ code: '22012', completed: 2 });
  await expect(session.query('select 4 as b')).resolves.toEqual([{ b: 4 }]);
});

test('positions count characters of the whole message', async () => {
  const error = (await session.execute("select 'é😀'; select nope").catch((e: unknown) => e)) as ServerError;
  expect(error).toMatchObject({ code: '42703', completed: 1, position: '21' });
});

test('values go by the extended protocol', async () => {
  await expect(session.query('select $1::int + 1 as n, $2::text as t', [41, "a'b"])).resolves.toEqual([
    { n: 42, t: "a'b" },
  ]);
});

test('the process id is the one of the backend, the version the one of the server', async () => {
  const sql = "select pg_backend_pid() as pid, current_setting('server_version_num')::int as version";
  await expect(session.query(sql)).resolves.toEqual([
    { pid: session.backendPid, version: session.serverVersion },
  ]);
});

test('cancel ends what runs and leaves the session usable', async () => {
  const sleeping = session.query('select pg_sleep(30)').catch((e: unknown) => e);
  await waitForSleep(server, session.backendPid);
  await session.cancel();
  expect(await sleeping).toMatchObject({ code: '57014' });
  await expect(session.query('select 1 as a')).resolves.toEqual([{ a: 1 }]);
});

test('notices and notifications reach their listeners until they are taken off', async () => {
  const seen: string[] = [];
  const off = session.onNotice((notice) => seen.push(`${notice.severity} ${notice.message}`));
  const offToo = session.onNotification((channel, payload) => seen.push(`${channel}=${payload}`));
  await session.execute("do $$ begin raise notice 'hello'; end $$; listen c; notify c, 'x'");
  off();
  offToo();
  await session.execute("do $$ begin raise notice 'again'; end $$; notify c, 'y'; unlisten c");
  expect(seen).toEqual(['NOTICE hello', 'c=x']);
});

test('closed tells a loss from a close', async () => {
  const lost = await server.open();
  await session.query('select pg_terminate_backend($1)', [lost.backendPid]);
  expect(await lost.closed).toMatchObject({ code: '57P01' });
  await expect(lost.query('select 1')).rejects.toThrow();
  await lost.close();
  const ended = await server.open();
  await ended.close();
  expect(await ended.closed).toBeNull();
});

test('a session runs over any stream, and cancels over another one of the kind', async () => {
  let count = 0;
  const stream = (): Duplex => {
    count += 1;
    // Not a socket: what a tunnel looks like.
    const socket = net.connect(server.config.port, '127.0.0.1');
    return Duplex.from({ readable: socket, writable: socket });
  };
  const tunnelled = await openSession(server.config, {
    applicationName: 'tunnel',
    connectTimeoutMs: 30_000,
    stream,
  });
  expect(await tunnelled.query('select current_setting($1) as a', ['application_name'])).toEqual([
    { a: 'tunnel' },
  ]);
  const sleeping = tunnelled.query('select pg_sleep(30)').catch((e: unknown) => e);
  await tunnelled.cancel();
  expect(await sleeping).toMatchObject({ code: '57014' });
  await tunnelled.close();
  expect(await tunnelled.closed).toBeNull();
  expect(count).toBe(2);
});

test('settings hold from the first moment, and RESET ALL goes back to them', async () => {
  const settings = { search_path: '"a b", "c"', work_mem: '5MB' };
  const set = await openSession(server.config, { applicationName: 'x', connectTimeoutMs: 30_000, settings });
  await set.execute("set search_path = ''; set work_mem = '1MB'; reset all");
  expect(
    await set.query("select current_setting('search_path') as p, current_setting('work_mem') as m"),
  ).toEqual([{ p: '"a b", "c"', m: '5MB' }]);
  await set.close();
});

test('server versions', () => {
  expect(parseServerVersion('15.18 (Debian 15.18-0+deb12u1)')).toBe(150018);
  expect(parseServerVersion('18.4')).toBe(180004);
  expect(parseServerVersion('9.6.24')).toBe(90624);
  expect(parseServerVersion('19beta1')).toBe(190000);
});

test('each COPY of a message gets its own rows, and what stands behind it runs', async () => {
  const large = Array.from({ length: 100_000 }, (_, row) => `${row}\té😀${'x'.repeat(20)}\n`).join('');
  const results = await session.execute(
    `create temp table c (id int, t text); copy c from stdin; select 1 as a; copy c (t) from stdin with (format csv); select count(*)::int as n, sum(length(t))::int as l from c`,
    [large, '"a\nb"\n""\n'],
  );
  expect(results.map((result) => result.command)).toEqual(['CREATE', 'COPY', 'SELECT', 'COPY', 'SELECT']);
  expect(results[4]!.rows).toEqual([{ n: 100_002, l: 100_000 * 22 + 3 }]);
});

test('a COPY with a bad row, or without rows, fails and leaves the session usable', async () => {
  await session.execute('create temp table d (id int)');
  const bad = await session.execute('select 1; copy d from stdin', ['1\nx\n2\n']).catch((e: unknown) => e);
  expect(bad).toMatchObject({ code: '22P02', completed: 1, where: expect.stringContaining('line 2') });
  const none = await session.execute('copy d from stdin').catch((e: unknown) => e);
  expect(none).toMatchObject({ code: '57014' });
  await expect(session.query('select count(*)::int as n from d')).resolves.toEqual([{ n: 0 }]);
});
