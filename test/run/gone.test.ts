import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { apply, type PlinthError, plan, type RunEvent } from '../../src/index.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { startTestServer, type TestServer, waitForSleep } from '../support/server.js';

let files: RunServer;
let server: TestServer;
let migrations: string;
const sleeping: number[] = [];
beforeAll(async () => {
  files = await startRunServer();
  server = await startTestServer();
  migrations = await files.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': renderGoose(
      'create table b (id int);',
      "select pg_sleep(current_setting('story.seconds')::float);",
    ),
    '3_c.sql': renderGoose('create table c (id int);'),
  });
});
afterEach(() => {
  for (const pid of sleeping.splice(0)) process.kill(pid, 'SIGCONT');
});
afterAll(async () => {
  await server?.stop();
  await files?.stop();
});

const getUrl = ({ user, password, port, database }: ConnectionConfig): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

/** A new database in which the second migration takes as long as it is told to. */
async function createDatabase(seconds = 600): Promise<ConnectionConfig> {
  const config = await server.createDatabase();
  const session = await server.open();
  await session.execute(`alter database ${config.database} set story.seconds = '${seconds}'`);
  await session.close();
  return config;
}

interface Run {
  readonly events: RunEvent[];
  readonly ended: Promise<unknown>;
  /** Ends when the second migration runs. */
  readonly reached: Promise<void>;
}

function start(config: ConnectionConfig, timeout: string): Run {
  const events: RunEvent[] = [];
  const ended = apply(
    { migrations, url: getUrl(config), timeout },
    { onEvent: (event) => void events.push(event) },
  ).catch((error: unknown) => error);
  return { events, ended, reached: waitForSleep(server) };
}

async function hurry(config: ConnectionConfig): Promise<void> {
  const session = await server.open();
  await session.execute(`alter database ${config.database} set story.seconds = '0'`);
  await session.close();
}

async function readBackend(): Promise<number> {
  const session = await server.open();
  const [row] = await session.query("select pid from pg_stat_activity where wait_event = 'PgSleep'");
  await session.close();
  return Number(row!['pid']);
}

/** Brings what is committed to the disk: a run itself waits for that only at its end. */
async function flush(): Promise<void> {
  const session = await server.open();
  await session.execute('checkpoint');
  await session.close();
}

const isUp = async (): Promise<void> => {
  for (;;) {
    const session = await server.open().catch(() => null);
    if (session !== null) return session.close();
    await new Promise((done) => setTimeout(done, 20));
  }
};

async function expectAll(config: ConnectionConfig): Promise<void> {
  const session = await server.open(config);
  const sql =
    "select string_agg(relname, ',' order by relname) as made from pg_class where relname in ('a', 'b', 'c')";
  expect(await session.query(sql)).toEqual([{ made: 'a,b,c' }]);
  const twice = 'select from plinth.statements group by migration, index having count(*) > 1';
  expect(await session.query(twice)).toEqual([]);
  await session.close();
}

test('a backend that is killed takes all others along, and the run goes on when the server has recovered', async () => {
  const config = await createDatabase();
  const { ended, reached, events } = start(config, '2m');
  await reached;
  await hurry(config);
  process.kill(await readBackend(), 'SIGKILL');
  expect(await ended).toMatchObject({ outcome: 'applied', created: ['public.a', 'public.b', 'public.c'] });
  expect(events.map(({ type }) => type)).toContain('reconnecting');
  await expectAll(config);
});

test('a server that is killed and started again: the run goes on', async () => {
  const config = await createDatabase();
  const { ended, reached, events } = start(config, '2m');
  await reached;
  await hurry(config);
  process.kill(await server.readPostmasterPid(), 'SIGQUIT');
  await expect.poll(() => events.map(({ type }) => type), { timeout: 30_000 }).toContain('reconnecting');
  await server.control('start');
  expect(await ended).toMatchObject({ outcome: 'applied' });
  await expectAll(config);
});

test('a server that does not come back within the budget is its own error, and tells what is committed', async () => {
  const config = await createDatabase();
  const { ended, reached } = start(config, '6s');
  await reached;
  await flush();
  process.kill(await server.readPostmasterPid(), 'SIGQUIT');
  const error = (await ended) as PlinthError;
  await server.control('start');
  expect(error).toMatchObject({
    code: 'CONNECTION_LOST',
    args: { reason: expect.stringContaining('nothing listens') },
    result: { outcome: 'failed', steps: [{ status: 'applied' }, {}, {}, { status: 'not-executed' }] },
  });
  await hurry(config);
  expect(await apply({ migrations, url: getUrl(config) })).toMatchObject({ outcome: 'applied', already: 1 });
  await expectAll(config);
});

test('a server that answers no more ends with the budget, in the middle of a run', async () => {
  const config = await createDatabase();
  const { ended, reached } = start(config, '4s');
  await reached;
  for (const pid of [await readBackend(), await server.readPostmasterPid()]) {
    sleeping.push(pid);
    process.kill(pid, 'SIGSTOP');
  }
  expect(await ended).toMatchObject({ code: 'TIMEOUT', result: { outcome: 'aborted' } });
});

test('a server that answers no more ends with the budget, before a run begins', async () => {
  const config = await createDatabase(0);
  await isUp();
  const pid = await server.readPostmasterPid();
  sleeping.push(pid);
  process.kill(pid, 'SIGSTOP');
  for (const call of [apply, plan]) {
    await expect(call({ migrations, url: getUrl(config), timeout: '1s' })).rejects.toMatchObject({
      code: 'POSTGRES_NOT_READY',
      message: expect.stringContaining('does not answer'),
    });
  }
});

test('a server that stops between the first look and the run ends with the budget', async () => {
  const config = await createDatabase(0);
  await isUp();
  // What holds the ledger keeps the look from ending.
  await apply({ migrations, url: getUrl(config) });
  const holder = await server.open(config);
  await holder.execute('begin; lock table plinth.selections in access exclusive mode');
  for (const call of [apply, plan]) {
    const locked = call === plan ? 'plinth.meta' : 'plinth.selections';
    if (call === plan) await holder.execute(`lock table ${locked} in access exclusive mode`);
    await expect(call({ migrations, url: getUrl(config), timeout: '1s' })).rejects.toMatchObject({
      code: 'TIMEOUT',
      args: { phase: 'reading the ledger' },
    });
  }
  await holder.close();
});
