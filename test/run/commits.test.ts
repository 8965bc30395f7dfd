import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

const SEEN = "current_setting('synchronous_commit')";
// Tells for each row of the ledger under which setting it is committed.
const WATCH = `create table commits (what text, setting text);
create function note() returns trigger language plpgsql as $$ begin
  insert into public.commits values (tg_table_name, ${SEEN});
  return new;
end $$;
create trigger note after insert on plinth.statements for each statement execute function note();
create trigger note after update on plinth.runs for each statement execute function note()`;

/** Applies one migration and then, watched, two more to a database with its own value of synchronous_commit. */
async function watchCommits(setting: string, second = 'select 1;'): Promise<unknown> {
  const url = await server.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await server.query(url, `alter database ${database} set synchronous_commit = ${setting}`);
  const first = { '1_a.sql': renderGoose('create table a (id int);') };
  const options = { url, cacheDir: server.cacheDir, lockFile: false as const };
  await apply({ ...options, migrations: await server.createFolder(first) });
  await server.query(url, WATCH);
  const more = { '2_b.sql': renderGoose('create table b (id int);'), '3_c.sql': renderGoose(second) };
  const migrations = await server.createFolder({ ...first, ...more });
  await apply({ ...options, migrations }).catch(() => {});
  return (await server.query(url, 'select what, setting from commits')).map(Object.values);
}

test('only the end of a run waits for the disk, and with it for all before', async () => {
  expect(await watchCommits('on')).toEqual([
    ['statements', 'off'],
    ['statements', 'off'],
    ['runs', 'on'],
  ]);
});

test('so does the end of a run that failed', async () => {
  expect(await watchCommits('on', 'select 1 / 0;')).toEqual([
    ['statements', 'off'],
    ['runs', 'on'],
  ]);
});

test('another setting is the owner’s choice for every commit', async () => {
  expect(await watchCommits('local')).toEqual([
    ['statements', 'local'],
    ['statements', 'local'],
    ['runs', 'local'],
  ]);
});
