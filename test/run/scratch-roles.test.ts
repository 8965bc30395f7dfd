import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScratchServer, withScratchServer } from '../../src/run/scratch-server.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(async () => {
  await server?.stop();
});

const readRoles = (): Promise<readonly unknown[]> =>
  server.query(
    server.getUrl(),
    "select rolname as name from pg_roles where rolname in ('reader', 'writer') order by 1",
  );

interface Run {
  readonly server: ScratchServer;
  end(): Promise<void>;
}

async function startRun(): Promise<Run> {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return await new Promise<Run>((resolve, reject) => {
    const options = { signal: undefined, sessions: 1 };
    const run = withScratchServer({ scratch: server.getUrl() }, options, async (scratch) => {
      resolve({
        server: scratch,
        end: async () => {
          end();
          await run;
        },
      });
      await ended;
    });
    run.catch(reject);
  });
}

test('a role that was made for histories stays until the last run has ended, though nothing depends on it', async () => {
  const one = await startRun();
  expect(await one.server.createRole('reader')).toBe(true);
  const two = await startRun();
  expect(await two.server.createRole('reader')).toBe(false);
  await one.end();
  expect(await readRoles()).toEqual([{ name: 'reader' }]);
  const three = await startRun();
  await two.end();
  expect(await readRoles()).toEqual([{ name: 'reader' }]);
  await three.end();
  expect(await readRoles()).toEqual([]);
});

test('a role that the history made goes with its run, unless another one found it', async () => {
  const one = await startRun();
  const two = await startRun();
  await server.query(server.getUrl(), 'create role reader; create role writer');
  await one.server.adoptRole('reader');
  await one.server.adoptRole('writer');
  expect(await one.server.createRole('writer')).toBe(false);
  expect(await two.server.createRole('reader')).toBe(false);
  await one.end();
  expect(await readRoles()).toEqual([{ name: 'reader' }]);
  await two.end();
  expect(await readRoles()).toEqual([]);
});

test('a role that was there before is nobody’s', async () => {
  const sql = "create role reader; comment on role reader is 'made by plinth/scratch, says its owner'";
  await server.query(server.getUrl(), sql);
  const one = await startRun();
  expect(await one.server.createRole('reader')).toBe(false);
  await one.end();
  expect(await readRoles()).toEqual([{ name: 'reader' }]);
  await server.query(server.getUrl(), 'drop role reader');
});

test('runs that end at once leave nothing', async () => {
  const runs = await Promise.all(Array.from({ length: 6 }, startRun));
  await Promise.all(runs.map((run) => run.server.createRole('reader')));
  await Promise.all(runs.map((run) => run.end()));
  expect(await readRoles()).toEqual([]);
});
