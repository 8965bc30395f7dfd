import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, type PlinthError, type RunEvent } from '../../src/index.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

let server: RunServer;
let good: string;
let bad: string;
beforeAll(async () => {
  server = await startRunServer();
  good = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
  bad = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': '-- +goose Up\n-- +goose StatementBegin\nselect 1;\n',
  });
});
afterAll(async () => {
  await server?.stop();
});

const countSessions = async (): Promise<number> =>
  (await server.query(server.getUrl(), "select from pg_stat_activity where application_name like 'plinth/%'"))
    .length;

/** Applies the folder that cannot be read, and returns the events. */
async function expectUnread(target: { url: string } | { embedded: string }): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const error: PlinthError = await apply(
    { migrations: bad, cacheDir: server.cacheDir, timeout: '10m', ...target },
    { onEvent: (event) => void events.push(event) },
  ).then(
    () => expect.fail('it was applied'),
    (thrown) => thrown as PlinthError,
  );
  expect(error).toMatchObject({ code: 'HISTORY_MALFORMED', args: { file: '2_b.sql' } });
  return events;
}

test('what is wrong with a folder is told alone, whatever is wrong with the target', async () => {
  const silent = new Set<Socket>();
  const listener = createServer((socket) => void silent.add(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  const nobody = await getFreePort();
  for (const url of [
    `postgres://u@127.0.0.1:${nobody}/d`,
    `postgres://u@127.0.0.1:${port}/d`,
    'postgres://u@127.0.0.1/d?sslmode=perhaps',
    server.getUrl('missing'),
  ]) {
    expect(await expectUnread({ url }), url).toEqual([]);
  }
  // Ends when the connection that was begun is closed.
  await new Promise((resolve) => listener.close(resolve));
  expect([...silent].every((socket) => socket.destroyed)).toBe(true);
});

test('a folder that cannot be read leaves no session, and starts no server', async () => {
  expect(await expectUnread({ url: server.getUrl() })).toEqual([]);
  await expect.poll(countSessions).toBe(0);
  const embedded = join(server.dir, 'own');
  expect(await expectUnread({ embedded })).toEqual([]);
  expect(existsSync(embedded)).toBe(false);
});

test('what happens at once is told in the order of the history, the target and the outcome', async () => {
  const url = await server.createDatabase();
  const options = { migrations: good, cacheDir: server.cacheDir, url };
  await apply(options);
  const events: RunEvent[] = [];
  const result = await apply(options, { onEvent: (event) => void events.push(event) });
  expect(result.outcome).toBe('nothing-to-do');
  expect(events.map(({ type }) => type)).toEqual(['history', 'connecting', 'connected', 'finished']);
  // The server ends the session by itself.
  await expect.poll(countSessions).toBe(0);
});
