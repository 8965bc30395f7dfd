import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, checkProof, plan, prove, type RunEvent } from '../../src/index.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

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

// What it does to `a` hangs on whether `b` is there, of which nothing is to be seen.
const HIDDEN = `do $$ begin
  if (select count(*) from pg_class where relname in ('a', 'b')) = 2 then alter table a add column pair int; end if;
end $$;`;

const FILES = {
  '1_a.sql': renderGoose('create table a (id int primary key);', "comment on table a is 'one';"),
  '2_b.sql': renderGoose(
    'create table b (id int);',
    'create table c (id int references a, at date default now());',
  ),
  '3_more.sql': `-- +goose Up\n-- +goose StatementBegin\n${HIDDEN}\n-- +goose StatementEnd\ninsert into c values (null);`,
};

const getOptions = (migrations: string) => ({
  migrations,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
});

/** Proves a folder; what was found of each table, and how many statements were run. */
async function proveFolder(folder: string, signal?: AbortSignal) {
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => void events.push(event);
  const proved = await prove(getOptions(folder), { onEvent, ...(signal === undefined ? {} : { signal }) });
  const ran = events.flatMap((event) => (event.type === 'proving' ? [event.total] : []));
  return { proved, ran: Math.max(0, ...ran) };
}

test('a slice is enlarged by what was not to be seen, and is then what a plan brings', async () => {
  const folder = await server.createFolder(FILES);
  const { proved } = await proveFolder(folder);
  expect(proved.tables.map(({ name, proof }) => [name, proof?.standing, proof?.statements])).toEqual([
    ['a', 'enlarged', [0, 1, 2, 4]],
    ['b', 'proven', [2]],
    // Stands on `a`, and so on what that was enlarged by.
    ['c', 'proven', [0, 1, 2, 3, 4, 5]],
  ]);
  const [a] = proved.tables;
  expect(a!.proof!.why).toMatchObject({
    code: 'SLICE_ENLARGED',
    args: { object: 'table public.a', name: 'pair' },
  });
  const planned = await plan({ ...getOptions(folder), tables: ['a'], alone: true });
  expect(planned.proof).toBe('enlarged');
  expect(planned.migrations.flatMap((m) => m.steps.map((step) => step.ordinal))).toEqual([0, 1, 2, 4]);
  const url = await server.createDatabase();
  await apply({ ...getOptions(folder), tables: ['a'], alone: true, url });
  expect(await server.query(url, 'select pair from a')).toEqual([]);
  const text = await cli.run(['prove', '-m', folder, '--scratch', server.getUrl()]);
  expect(text.stdout).toMatch(/3 tables of 6 statements in .*: 2 proven, 1 enlarged, 0 not provable/);
  expect(text.stdout).toContain('public.a: enlarged (with what is left of all earlier statements');
});

test('what was proven is not proven again, and only what changed is', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table x (id int);', 'create index on x (id);'),
    '2_b.sql': renderGoose('create table y (id int);', 'create table z (id int);'),
  });
  const first = await proveFolder(folder);
  expect(first.proved).toMatchObject({ sequences: 3, sequencesEqual: 3 });
  const again = await proveFolder(folder);
  expect(first.ran).toBeGreaterThan(10);
  expect(again.ran).toBe(0);
  await writeFile(join(folder, '3_c.sql'), renderGoose('create index on z (id);'));
  const { ran, proved } = await proveFolder(folder);
  // The whole twice, z, and orders with z in them; x and y by themselves are known.
  expect(ran).toBeGreaterThan(10);
  expect(proved.tables.every(({ proof }) => proof?.standing === 'proven')).toBe(true);
});

test('stopped in the middle, it keeps what is done, leaves nothing behind and writes no file', async () => {
  const tables = Array.from({ length: 8 }, (_, at) => `create table stopped_${at} (id int);`);
  const folder = await server.createFolder({ '1_a.sql': renderGoose(...tables) });
  const stop = new AbortController();
  let [total, left] = [0, 0];
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'proving') return;
    total = Math.max(total, event.total);
    if (event.done > 20) stop.abort();
    left = event.total - event.done;
  };
  await expect(prove(getOptions(folder), { signal: stop.signal, onEvent })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(left).toBeGreaterThan(0);
  await expect(readFile(join(folder, 'plinth.lock.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  const databases = "select from pg_database where datname like 'plinth_scratch%'";
  expect(await server.query(server.getUrl(), databases)).toEqual([]);
  const { ran } = await proveFolder(folder);
  expect(ran).toBeGreaterThan(0);
  expect((await proveFolder(folder)).ran).toBe(0);
});

test('a history with event triggers of its own is proven: what they did to a table needs them', async () => {
  const folder = await server.createFolder({
    '1_guard.sql': `-- +goose Up
-- +goose StatementBegin
create function guard() returns event_trigger language plpgsql as $$ declare r record; begin
  for r in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' loop
    execute format('alter table %s enable row level security', r.object_identity); end loop; end $$;
-- +goose StatementEnd
create event trigger guard on ddl_command_end when tag in ('CREATE TABLE') execute function guard();`,
    '2_table.sql': renderGoose('create table guarded (id int);'),
  });
  const { proved } = await proveFolder(folder);
  expect(proved.tables.map(({ name, proof }) => [name, proof?.standing, proof?.statements])).toEqual([
    ['guarded', 'enlarged', [0, 1, 2]],
  ]);
});

test('seed rows are part of the proof: what changes them without being seen comes along', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose(
      'create table seed (id int, at timestamptz default now());',
      'insert into seed values (1), (2);',
    ),
    '2_b.sql': renderGoose('create table other (id int);', 'insert into other values (1);'),
    '3_c.sql': renderGoose('update seed set id = 3 where id = (select max(id) from other);'),
  });
  const { proved } = await proveFolder(folder);
  expect(proved.tables.map(({ name, proof }) => [name, proof?.standing, proof?.statements])).toEqual([
    ['other', 'proven', [2, 3]],
    ['seed', 'proven', [0, 1, 2, 3, 4]],
  ]);
});

test('--check says in a moment whether the file fits, and which statements do not', async () => {
  const folder = await server.createFolder(FILES);
  const check = () =>
    cli.run(['prove', '--check', '-m', folder], { PLINTH_SCRATCH_URL: 'postgres://no@127.0.0.1:1/x' });
  const missing = await check();
  expect(missing.code).toBe(11);
  expect(missing.stderr).toContain('error[LOCK_FILE_MISSING]');
  await proveFolder(folder);
  const fits = await check();
  expect(fits).toMatchObject({ code: 0, stderr: '' });
  expect(fits.stdout).toMatch(/plinth\.lock\.json fits: 6 statements, 3 tables\.\n$/);
  await writeFile(
    join(folder, '1_a.sql'),
    `${FILES['1_a.sql'].replace('create table', '-- the first\ncreate  table')}`,
  );
  expect(await check()).toMatchObject({ code: 0 });
  await writeFile(join(folder, '1_a.sql'), FILES['1_a.sql'].replace("'one'", "'two'"));
  await writeFile(join(folder, '4_new.sql'), renderGoose('create table d (id int);'));
  const stale = await check();
  expect(stale.code).toBe(11);
  expect(stale.stderr).toContain('error[PROOF_STALE]');
  expect(stale.stderr).toContain('1_a.sql:3 is another\n');
  expect(stale.stderr).toContain('4_new.sql:2 is new\n');
  await expect(checkProof(getOptions(folder))).rejects.toMatchObject({ code: 'PROOF_STALE' });
  const planned = await cli.run(['plan', '-m', folder, '-t', 'b', '--scratch', server.getUrl(), '--json']);
  expect(JSON.parse(planned.stdout)).toMatchObject({ proof: 'stale' });
  expect(planned.stderr).toContain('1_a.sql:3 (changed)');
  const applied = await cli.run(
    ['apply', '-m', folder, '-t', 'b', '--url', await server.createDatabase(), '--json'],
    { PLINTH_SCRATCH_URL: server.getUrl() },
  );
  const lines = parseLines(applied.stdout);
  expect(lines).toContainEqual(expect.objectContaining({ type: 'observed', proof: 'stale' }));
  expect(lines).toContainEqual(expect.objectContaining({ type: 'planned', proof: 'stale' }));
});
