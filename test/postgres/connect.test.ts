import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.js';
import { type ConnectionFields, createConnectionConfig } from '../../src/postgres/config.js';
import { connect } from '../../src/postgres/connect.js';
import { ensureNotPooled, isPooled } from '../../src/postgres/pooler.js';
import { getError } from '../apply/support.js';
import { getFreePort, startTestServer, type TestServer, waitForSleep } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

function open(
  change: Partial<ConnectionFields>,
  timeoutMs = 30_000,
  events: RunEvent[] = [],
  signal?: AbortSignal,
) {
  const { label: _, ...fields } = server.config;
  const config = createConnectionConfig({ ...fields, password: server.config.password, ...change });
  return connect(config, {
    applicationName: 'plinth-test',
    timeoutMs,
    signal,
    onEvent: (event) => void events.push(event),
  });
}

test('what waiting cannot mend fails at once, each with its own code', async () => {
  const begun = performance.now();
  expect(await getError(open({ password: 'wrong-one' }, 60_000))).toMatchObject({
    code: 'AUTHENTICATION_FAILED',
    args: { user: 'postgres' },
  });
  expect(await getError(open({ password: null }, 60_000))).toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  expect(await getError(open({ database: 'nope' }, 60_000))).toMatchObject({
    code: 'DATABASE_MISSING',
    args: { database: 'nope' },
  });
  expect(await getError(open({ tls: { mode: 'require' } }, 60_000))).toMatchObject({ code: 'TLS_FAILED' });
  expect(performance.now() - begun).toBeLessThan(30_000);
  const { message, cause } = await getError(open({ password: 'wrong-one' }));
  expect(message + JSON.stringify(cause)).not.toContain('wrong-one');
});

test('TLS that is only preferred gives way to a server without it', async () => {
  for (const mode of ['prefer', 'allow'] as const) {
    const session = await open({ tls: { mode } });
    expect(await session.query('select 1 as a')).toEqual([{ a: 1 }]);
    await session.cancel();
    await session.close();
  }
});

test('a Unix socket', async () => {
  const admin = await server.open();
  const [row] = await admin.query('show unix_socket_directories');
  await admin.close();
  const session = await open({ host: String(row!['unix_socket_directories']), tls: { mode: 'require' } });
  const sleeping = session.query('select pg_sleep(60)').catch((error: unknown) => error);
  await waitForSleep(server, session.backendPid);
  await session.cancel();
  expect(await sleeping).toMatchObject({ code: '57014' });
  await session.close();
});

test('a host that refuses is waited for within the budget, and the error says what was seen', async () => {
  const events: RunEvent[] = [];
  // localhost may stand for two addresses: the error is an AggregateError without words of its own.
  const port = await getFreePort();
  const error = await getError(open({ host: 'localhost', port }, 500, events));
  expect(error).toMatchObject({
    code: 'POSTGRES_NOT_READY',
    args: { reason: `nothing listens at localhost:${port} (ECONNREFUSED)` },
  });
  expect((error.args as { waitedMs: number }).waitedMs).toBeLessThan(5_000);
  expect(events.length).toBeGreaterThan(1);
  expect(events[0]).toMatchObject({ type: 'waiting', forWhat: 'ready' });
});

test('a server that comes up meanwhile is met', async () => {
  const opening = open({ port: server.config.port }, 10_000);
  await (await opening).close();
  const restarting = server.restart('fast');
  const session = await open({}, 10_000);
  await restarting;
  await session.close();
});

test('an unknown name is not waited for long', async () => {
  const error = await getError(open({ host: 'no-such-host.invalid' }, 20_000));
  expect(error).toMatchObject({ code: 'POSTGRES_NOT_READY' });
  expect((error.args as { waitedMs: number }).waitedMs).toBeLessThan(5_000);
}, 20_000);

async function listen(onText: string | null): Promise<{ readonly port: number; readonly listener: Server }> {
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    if (onText === null) socket.resume();
    else socket.once('data', () => socket.end(onText));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as { port: number }).port, listener };
}

test('something that is not PostgreSQL, and something that never answers', async () => {
  const web = await listen('HTTP/1.1 400 Bad Request\r\n\r\n');
  expect(await getError(open({ port: web.port, tls: { mode: 'require' } }, 300))).toMatchObject({
    code: 'NOT_POSTGRES',
    message: expect.stringContaining('does not answer as PostgreSQL does'),
  });
  web.listener.close();
  const silent = await listen(null);
  expect(await getError(open({ port: silent.port }, 300))).toMatchObject({
    code: 'POSTGRES_NOT_READY',
    args: { reason: `127.0.0.1:${silent.port} does not answer` },
  });
  silent.listener.close();
});

test('an abort ends the waiting', async () => {
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 100);
  const begun = performance.now();
  const error = await getError(open({ port: await getFreePort() }, 120_000, [], stopping.signal));
  expect(error.code).toBe('ABORTED');
  expect(performance.now() - begun).toBeLessThan(30_000);
});

test('sessions that share backends are a pooler in transaction mode', () => {
  expect(isPooled({ own: [1, 1, 1], other: [2, 2] })).toBe(false);
  expect(isPooled({ own: [1, 1, 1], other: [2, 1] })).toBe(true);
  expect(isPooled({ own: [1, 1, 2], other: [3] })).toBe(true);
  expect(isPooled({ own: [1, 1, 1], other: [] })).toBe(false);
});

test('a session that begins with another pid than it runs on is looked at closer', async () => {
  const session = await open({});
  const facts = {
    pid: session.backendPid,
    started: '',
    standby: false,
    readOnly: false,
    synchronousCommit: 'on',
    isChecking: true,
  };
  const options = { target: 't', connect: () => open({}) };
  await ensureNotPooled(session, facts, options);
  // As behind PgBouncer: BackendKeyData is the pooler's own, and the neighbour gets the same backend.
  const pooled = { ...session, backendPid: 1, close: () => Promise.resolve() };
  await ensureNotPooled(pooled, facts, options);
  const shared = ensureNotPooled(pooled, facts, { ...options, connect: () => Promise.resolve(pooled) });
  expect(await getError(shared)).toMatchObject({ code: 'POOLER_DETECTED' });
  await session.close();
});
