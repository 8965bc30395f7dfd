import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, type PlinthError } from '../../src/index.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import type { Session } from '../../src/postgres/session.js';
import { renderErrorText } from '../../src/report/error-text.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { mountSmallDisk } from '../support/small-disk.js';

let files: RunServer;
let server: TestServer;
beforeAll(async () => {
  files = await startRunServer();
  server = await startTestServer({ max_connections: '8', superuser_reserved_connections: '0' });
});
afterAll(async () => {
  await server?.stop();
  await files?.stop();
});

const getUrl = ({ user, password, port, database }: ConnectionConfig): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

async function getError(work: Promise<unknown>): Promise<PlinthError> {
  return (await work.then(
    () => null,
    (error: unknown) => error,
  )) as PlinthError;
}

const disk = mountSmallDisk(24);
afterAll(() => disk?.remove());

describe.skipIf(disk === null)('a full disk', () => {
  test('is an error of its own with its place; with more room a rerun goes on from there', async () => {
    const admin = await server.open();
    await admin.execute(`create tablespace small location '${disk!.dir}'`);
    await admin.execute('create database full_disk tablespace small template template0');
    await admin.close();
    const url = getUrl({ ...server.config, password: server.config.password, database: 'full_disk' });
    const migrations = await files.createFolder({
      '1_a.sql': renderGoose('create table a (id int);'),
      '2_b.sql': renderGoose(
        'create table b (t text);',
        "insert into b select repeat('x', 1000) from generate_series(1, 30000);",
      ),
      '3_c.sql': renderGoose('create table c (id int);'),
    });
    const error = await getError(apply({ migrations, url, timeout: '2m' }));
    expect(error).toMatchObject({
      code: 'DISK_FULL',
      place: { file: '2_b.sql', line: 3 },
      result: { outcome: 'failed', steps: [{ status: 'applied' }, {}, { status: 'failed' }, {}] },
    });
    const text = renderErrorText(error);
    expect(text).toContain('SQLSTATE 53100');
    expect(text).toContain('committed: 1 statement of 1_a.sql');
    expect(text).toContain('goes on from there');
    disk!.grow(96);
    expect(await apply({ migrations, url, timeout: '2m' })).toMatchObject({
      outcome: 'applied',
      already: 1,
      created: ['public.b', 'public.c'],
    });
    const after = await server.open();
    await after.execute('drop database full_disk');
    await after.execute('drop tablespace small');
    await after.close();
  });
});

describe('a server without a connection left', () => {
  const held: Session[] = [];
  afterAll(async () => {
    for (const session of held) await session.close();
  });

  test('is waited for, then told with what to do; with one that closes the run goes on', async () => {
    const config = await server.createDatabase();
    const migrations = await files.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
    for (let isFull = false; !isFull; ) {
      await server.open().then(
        (session) => void held.push(session),
        () => {
          isFull = true;
        },
      );
    }
    const error = await getError(apply({ migrations, url: getUrl(config), timeout: '1s' }));
    expect(error).toMatchObject({ code: 'CONNECTIONS_EXHAUSTED', name: 'PostgresNotReadyError' });
    expect(renderErrorText(error)).toContain('pg_stat_activity');
    const waits: unknown[] = [];
    const running = apply(
      { migrations, url: getUrl(config), timeout: '60s' },
      { onEvent: (event) => void (event.type === 'waiting' && waits.push(event)) },
    );
    while (waits.length < 2) await new Promise((done) => setTimeout(done, 10));
    await held.pop()!.close();
    expect(await running).toMatchObject({ outcome: 'applied' });
  });
});
