import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences, type Picture } from '../../scripts/histories/fingerprint.js';
import { apply, plan, type RunEvent } from '../../src/index.js';
import { type CommandLine, createCommandLine, waitForLines } from '../support/cli-process.js';
import { type RunServer, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

/** What is there after each migration of a plan: by its id, and '' for none. */
type Pictures = ReadonlyMap<string, Picture>;

async function readPictures(tables: readonly string[]): Promise<Pictures> {
  const { migrations } = await plan({ migrations: SHOP, tables, cacheDir: server.cacheDir });
  const url = await server.createDatabase();
  const pictures = new Map([['', await server.readPicture(url)]]);
  for (const { id, steps } of migrations) {
    for (const { sql } of steps) await server.query(url, sql);
    if (steps.length > 0) pictures.set(id, await server.readPicture(url));
  }
  return pictures;
}

const isAlike = (one: Picture, other: Picture): boolean =>
  getDifferences(one, other, []).length + getDifferences(other, one, []).length === 0;

/** Kills a run some milliseconds after an event of a type; false where it had ended by then. */
async function kill(argv: readonly string[], type: string, after: number): Promise<boolean> {
  const child = cli.start([...argv, '--json']);
  const gone = once(child, 'exit');
  // A run that finds nothing to do has no such event.
  await waitForLines(child, type).catch(() => undefined);
  await new Promise((done) => setTimeout(done, after));
  child.kill('SIGKILL');
  const [, signal] = await gone;
  return signal === 'SIGKILL';
}

/** Waits for the lock; returns the milliseconds. */
async function waitForLock(url: string): Promise<number> {
  const begun = performance.now();
  const held = `select from pg_locks where locktype = 'advisory' and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await server.query(url, held)).length > 0) await new Promise((done) => setTimeout(done, 20));
  return performance.now() - begun;
}

/** The newest migration by the ledger, where it has one whose statements are in it as a whole. */
async function readNewest(url: string): Promise<{ newest: string; started: number }> {
  const [made] = await server.query(url, "select to_regclass('plinth.statements') is not null as made");
  if (made?.['made'] !== true) return { newest: '', started: 0 };
  const sql = `select coalesce(max(migration::int) filter (where state = 'applied')::text, '') as newest,
    count(*) filter (where state = 'started')::int as started from plinth.statements`;
  const [row] = await server.query(url, sql);
  return row as { newest: string; started: number };
}

test.each([[[]], [['stock', 'billing.payments']]])(
  'killed at ten random moments of a run, what is there is what the ledger says, and a rerun ends alike (%j)',
  async (tables) => {
    const pictures = await readPictures(tables);
    const whole = [...pictures.values()].at(-1)!;
    const timed = await server.createDatabase();
    const options = tables.length === 0 ? [] : ['--tables', tables.join(',')];
    const begun = performance.now();
    let planned = begun;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'planned') planned = performance.now();
    };
    await apply({ migrations: SHOP, url: timed, tables, cacheDir: server.cacheDir }, { onEvent });
    const span = { connected: performance.now() - begun, planned: performance.now() - planned };

    const halves = new Set<string>();
    let shared = await server.createDatabase();
    for (let round = 0; round < 10; round += 1) {
      // Half of them are killed again and again on one database.
      const url = round % 2 === 0 ? shared : await server.createDatabase();
      const argv = ['apply', '-m', SHOP, '--url', url, ...options];
      const from = round % 3 === 0 ? 'connected' : 'planned';
      const after = Math.random() * span[from] * 1.2;
      const killed = await kill(argv, from, after);
      expect(await waitForLock(url)).toBeLessThan(10_000);
      const { newest, started } = await readNewest(url);
      if (killed) halves.add(newest);
      // Statements outside of a transaction count for themselves.
      const isBetween = started > 0 || newest === '24';
      const told = `killed ${after} ms after ${from}, at ${newest}`;
      if (!isBetween) {
        expect(getDifferences(await server.readPicture(url), pictures.get(newest)!, []), told).toEqual([]);
        expect(getDifferences(pictures.get(newest)!, await server.readPicture(url), []), told).toEqual([]);
      }
      if (url === shared && killed) continue;
      await apply({ migrations: SHOP, url, tables, cacheDir: server.cacheDir });
      expect(isAlike(await server.readPicture(url), whole), told).toBe(true);
      if (url === shared) shared = await server.createDatabase();
    }
    await apply({ migrations: SHOP, url: shared, tables, cacheDir: server.cacheDir });
    expect(isAlike(await server.readPicture(shared), whole)).toBe(true);
    expect(halves.size).toBeGreaterThan(1);
  },
);
