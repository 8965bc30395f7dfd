import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.js';
import { type LockOptions, renderHolder, withLock } from '../../src/postgres/lock.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { getError } from '../apply/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let holder: Session;
let waiter: Session;
beforeAll(async () => {
  server = await startTestServer();
  holder = await openSession(server.config, {
    applicationName: 'plinth/billing/ab12',
    connectTimeoutMs: 30_000,
  });
  waiter = await server.open();
}, 60_000);
afterAll(async () => {
  await holder.close();
  await waiter.close();
  await server.stop();
});

const lock: LockOptions = { schema: 'plinth', timeoutMs: 30_000 };

/** Holds the lock until `release` is called. */
async function hold(sql: string): Promise<{ readonly release: () => void; readonly done: Promise<void> }> {
  const entered = createGate();
  const leave = createGate();
  const done = withLock(holder, lock, async () => {
    await holder.execute(sql);
    entered.open();
    await leave.opened;
  });
  await entered.opened;
  return { release: leave.open, done };
}

function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('a wait that runs out names the holder and how to end it, without its passwords', async () => {
  const { release, done } = await hold("select 'alter role x password ''hush'''");
  const events: RunEvent[] = [];
  const options = { ...lock, timeoutMs: 300, onEvent: (event: RunEvent) => void events.push(event) };
  const error = await getError(withLock(waiter, options, () => Promise.resolve()));
  expect(error).toMatchObject({
    code: 'LOCK_TIMEOUT',
    args: { end: `select pg_terminate_backend(${holder.backendPid});` },
  });
  expect(error.message).toContain(`plinth/billing/ab12 (pid ${holder.backendPid})`);
  expect(events[0]).toMatchObject({
    type: 'waiting',
    forWhat: 'lock',
    holder: { pid: holder.backendPid, applicationName: 'plinth/billing/ab12', state: 'idle' },
  });
  expect(JSON.stringify([events, error])).not.toContain('hush');
  release();
  await done;
});

test('an abort ends the wait', async () => {
  const { release, done } = await hold('select 1');
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 50);
  const error = await getError(
    withLock(waiter, { ...lock, signal: stopping.signal }, () => Promise.resolve()),
  );
  expect(error.code).toBe('ABORTED');
  release();
  await done;
});

test('ledgers of different schemas do not wait for each other', async () => {
  const { release, done } = await hold('select 1');
  const other = { ...lock, schema: 'other', timeoutMs: 0 };
  await expect(withLock(waiter, other, () => Promise.resolve('in'))).resolves.toBe('in');
  release();
  await done;
});

test('the lock is free after the work failed, and its error comes through', async () => {
  const failing = withLock(holder, lock, () => Promise.reject(new Error('mine')));
  await expect(failing).rejects.toThrow('mine');
  await expect(withLock(waiter, { ...lock, timeoutMs: 0 }, () => Promise.resolve('in'))).resolves.toBe('in');
});

test('the work’s error is not masked where the session is lost', async () => {
  const lost = await server.open();
  const failing = withLock(lost, lock, async () => {
    await waiter.query('select pg_terminate_backend($1)', [lost.backendPid]);
    await lost.closed;
    throw new Error('mine');
  });
  await expect(failing).rejects.toThrow('mine');
  await expect(withLock(waiter, { ...lock, timeoutMs: 1_000 }, () => Promise.resolve('in'))).resolves.toBe(
    'in',
  );
});

test('the holder in words', () => {
  const words = renderHolder({
    pid: 7,
    applicationName: 'plinth/a/b',
    since: '12:00',
    state: 'active',
    query: 'select\n  1',
    waitEvent: 'Lock:relation',
  });
  expect(words).toBe('plinth/a/b (pid 7) since 12:00, active: select 1 (waits for Lock:relation)');
});
