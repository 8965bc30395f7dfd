import { expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/model/event.js';
import { withLock } from '../../src/postgres/lock.js';
import { startTestServer } from '../support/server.js';

// Pauses that never end: whoever enters was woken.
vi.mock('../../src/postgres/delay.js', async (load) => ({
  ...(await load<typeof import('../../src/postgres/delay.js')>()),
  getPause: () => 2 ** 30,
}));

test('the holder wakes the waiter when it is done', async () => {
  const server = await startTestServer();
  const [holder, waiter] = [await server.open(), await server.open()];
  const lock = { schema: 'plinth', timeoutMs: 2 ** 31 - 1 };
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holding = Promise.resolve();
  await new Promise<void>((entered) => {
    holding = withLock(holder, lock, () => {
      entered();
      return released;
    });
  });
  const events: RunEvent[] = [];
  const waiting = withLock(
    waiter,
    { ...lock, onEvent: (event) => void events.push(event) },
    async () => 'in',
  );
  // Listening, and in its pause.
  const listening = `select from pg_stat_activity where pid = ${waiter.backendPid} and state = 'idle'
    and query like 'listen%' and query_start < clock_timestamp() - interval '200 ms'`;
  const admin = await server.open();
  while ((await admin.query(listening)).length === 0 || events.length === 0);
  release();
  expect(await waiting).toBe('in');
  await holding;
  for (const session of [holder, waiter, admin]) await session.close();
  await server.stop();
});
