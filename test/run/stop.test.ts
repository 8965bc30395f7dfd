import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences, type Picture } from '../../scripts/histories/fingerprint.js';
import { apply, isPlinthError, type PlinthError, plan, prove } from '../../src/index.js';
import {
  type CommandLine,
  createCommandLine,
  finish,
  parseLines,
  waitForLines,
} from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';
import { createShopFiles } from '../support/shop-history.js';

let server: RunServer;
let cli: CommandLine;
let whole: Picture;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  const url = await server.createDatabase();
  await apply({ migrations: SHOP, url, cacheDir: server.cacheDir });
  whole = await server.readPicture(url);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const SLEEP = 'select pg_sleep(50);';

/** The shop with a long sleep as one more statement of a migration in its middle. */
async function createSlowShop(): Promise<string> {
  const files = createShopFiles();
  const name = Object.keys(files)[20]!;
  return server.createFolder({
    ...files,
    [name]: files[name]!.replace('\n\n-- +goose Down', `\n${SLEEP}\n\n-- +goose Down`),
  });
}

/** Ends when a session of Plinth is in its sleep. */
async function waitForSleep(url: string): Promise<void> {
  const sql = `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
  while ((await server.query(url, sql)).length === 0) await new Promise((done) => setTimeout(done, 20));
}

/** Twenty migrations are there as a whole, of the next nothing; no session is left, and the lock is free. */
async function expectHalf(url: string): Promise<void> {
  const left = `select application_name, query from pg_stat_activity
    where datname = current_database() and application_name like 'plinth%'`;
  expect(await server.query(url, left)).toEqual([]);
  const locks =
    "select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
  expect(await server.query(url, locks)).toEqual([]);
  const [row] = await server.query(
    url,
    `select count(distinct migration)::int as migrations, max(migration::int) as newest,
      (select outcome from plinth.runs) as outcome from plinth.statements`,
  );
  expect(row).toEqual({ migrations: 20, newest: 20, outcome: 'aborted' });
}

async function expectRerun(url: string): Promise<void> {
  const result = await apply({ migrations: SHOP, url, cacheDir: server.cacheDir });
  expect(result).toMatchObject({ outcome: 'applied' });
  expect(getDifferences(await server.readPicture(url), whole, [])).toEqual([]);
  expect(getDifferences(whole, await server.readPicture(url), [])).toEqual([]);
}

async function getError(promise: Promise<unknown>): Promise<PlinthError> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!isPlinthError(error)) throw error;
  return error;
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s half-way ends with 130, whole migrations and a free lock',
  async (signal) => {
    const url = await server.createDatabase();
    const child = cli.start(['apply', '-m', await createSlowShop(), '--url', url, '--json']);
    const ended = finish(child);
    await waitForLines(child, 'migration-applied', 20);
    await waitForSleep(url);
    const begun = performance.now();
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(code).toBe(130);
    expect(stderr).toContain('error[ABORTED]: stopped while running 00021_');
    const last = parseLines(stdout).at(-1) as { result: { outcome: string; steps: { status: string }[] } };
    expect(last).toMatchObject({ type: 'error', code: 'ABORTED', result: { outcome: 'aborted' } });
    expect(new Set(last.result.steps.map(({ status }) => status))).toEqual(
      new Set(['applied', 'not-executed']),
    );
    await expectHalf(url);
    await expectRerun(url);
  },
);

test('an AbortSignal stops a run in the library, and cancels on the server', async () => {
  const url = await server.createDatabase();
  const stop = new AbortController();
  const options = { migrations: await createSlowShop(), url, cacheDir: server.cacheDir };
  const running = getError(apply(options, { signal: stop.signal }));
  await waitForSleep(url);
  stop.abort();
  expect(await running).toMatchObject({ code: 'ABORTED', result: { outcome: 'aborted' } });
  await expectHalf(url);
  await expectRerun(url);
});

test('at the deadline a statement is cancelled on the server', async () => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', await createSlowShop(), '--url', url, '--timeout', '8s'];
  const begun = performance.now();
  const ended = await cli.run(argv);
  expect(performance.now() - begun).toBeLessThan(30_000);
  expect(ended.code).toBe(9);
  expect(ended.stderr).toContain('error[TIMEOUT]: out of time while running 00021_');
  await expectHalf(url);
  await expectRerun(url);
});

test('a signal that has fired before stops everything before anything is done', async () => {
  const url = await server.createDatabase();
  const signal = AbortSignal.abort();
  const source = { migrations: SHOP, cacheDir: false } as const;
  expect(await getError(apply({ ...source, url }, { signal }))).toMatchObject({ code: 'ABORTED' });
  expect(await getError(apply({ ...source, url, tables: ['stock'] }, { signal }))).toMatchObject({
    code: 'ABORTED',
  });
  expect(await getError(plan({ ...source, tables: ['stock'] }, { signal }))).toMatchObject({
    code: 'ABORTED',
  });
  expect(
    await getError(prove({ ...source, lockFile: `${server.dir}/never.json` }, { signal })),
  ).toMatchObject({
    code: 'ABORTED',
  });
  expect(await server.query(url, "select from pg_namespace where nspname = 'plinth'")).toEqual([]);
});

test('stopped while it watches a history, it ends at once', async () => {
  const folder = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);', SLEEP) });
  for (const scratch of [undefined, server.getUrl()]) {
    const stop = new AbortController();
    const given = {
      migrations: folder,
      tables: ['a'],
      cacheDir: false,
      ...(scratch === undefined ? {} : { scratch }),
    } as const;
    const onEvent = (event: { type: string }): void => {
      if (event.type === 'observing') setTimeout(() => stop.abort(), scratch === undefined ? 1_500 : 500);
    };
    const begun = performance.now();
    expect(await getError(plan(given, { signal: stop.signal, onEvent }))).toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - begun).toBeLessThan(30_000);
  }
  const left = "select datname from pg_database where datname like 'plinth_scratch%'";
  expect(await server.query(server.getUrl(), left)).toEqual([]);

  const child = cli.start(['plan', '-m', folder, '--tables', 'a', '--no-cache']);
  setTimeout(() => child.kill('SIGINT'), 1_500);
  const ended = await finish(child);
  expect(ended).toMatchObject({ code: 130, stdout: '' });
  expect(ended.stderr).toContain('error[ABORTED]');
});

test('stopped while it waits for the lock, it tells so and does nothing', async () => {
  const url = await server.createDatabase();
  const holder = cli.start(['apply', '-m', await createSlowShop(), '--url', url, '--service', 'holder']);
  const held = once(holder, 'close');
  await waitForSleep(url);
  const out = await cli.run(['apply', '-m', SHOP, '--url', url, '--timeout', '1s', '--service', 'waiter']);
  expect(out.code).toBe(9);
  expect(out.stderr).toMatch(/error\[LOCK_TIMEOUT\]: another run holds the lock, waited .*plinth\/holder\//);
  const waiter = cli.start(['apply', '-m', SHOP, '--url', url, '--json']);
  const ended = finish(waiter);
  await waitForLines(waiter, 'waiting');
  waiter.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130 });
  holder.kill('SIGINT');
  await held;
  await expectHalf(url);
});
