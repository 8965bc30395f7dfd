import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDifferences } from '../../scripts/histories/fingerprint.js';
import { apply, plan, prove, type RunEvent, readTables, verify } from '../../src/index.js';
import { renderVerification } from '../../src/report/verify-text.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
let folder: string;
let lock: string;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  folder = join(server.dir, 'shop');
  await cp(SHOP, folder, { recursive: true });
  lock = join(folder, 'plinth.lock.json');
  const { code, stdout } = await cli.run(['prove', '-m', folder, '--json']);
  expect(code).toBe(0);
  expect(parseLines(stdout).at(-1)).toMatchObject({
    type: 'proved',
    path: lock,
    statements: 123,
    tables: 19,
  });
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

// Nothing listens there, so that whoever wanted to watch the history would fail.
const NO_SCRATCH = { PLINTH_SCRATCH_URL: 'postgres://nobody@127.0.0.1:1/x' };

const run = async (scratch: Readonly<Record<string, string>> = NO_SCRATCH) => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', folder, '--url', url, '--tables', 'orders,wishes', '--no-cache', '--json'];
  const ended = await cli.run(argv, scratch);
  return { ...ended, url, lines: parseLines(ended.stdout) };
};

async function edit(file: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const before = await readFile(join(folder, file), 'utf8');
  expect(change(before)).not.toBe(before);
  await writeFile(join(folder, file), change(before));
  return () => writeFile(join(folder, file), before);
}

test('with a lock file selecting tables needs neither scratch server nor cache', async () => {
  const { code, lines, url } = await run();
  expect(code).toBe(0);
  expect(lines.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'lock-file' }]);
  const other = await server.createDatabase();
  await apply({ migrations: SHOP, url: other, tables: ['orders', 'wishes'], cacheDir: server.cacheDir });
  const [seen, expected] = [await server.readPicture(url), await server.readPicture(other)];
  expect(getDifferences(seen, expected, [])).toEqual([]);
  expect(getDifferences(expected, seen, [])).toEqual([]);
});

test('without one the same is refused, with what to do', async () => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', SHOP, '--url', url, '--tables', 'orders', '--no-cache'];
  const ended = await cli.run(argv, { PLINTH_SCRATCH_URL: server.getUrl().replace('postgres@', 'nobody@') });
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(ended.stderr).toContain('error[SCRATCH_UNAVAILABLE]');
  expect(ended.stderr).toContain('plinth prove');
  expect(await server.query(url, "select from pg_tables where schemaname = 'public'")).toEqual([]);
});

test('a lock file still fits when comments, white space or line ends were edited', async () => {
  const restore = await edit('00013_settings.sql', (text) =>
    text.replace('CREATE TABLE', '/* mine */ CREATE\n  TABLE').replaceAll('\n', '\r\n'),
  );
  const { code, lines, url } = await run();
  await restore();
  expect(code).toBe(0);
  expect(lines.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'lock-file' }]);
  expect(lines.filter(({ type }) => type === 'finding')).toEqual([]);
  expect((await server.query(url, 'select 1 from plinth.statements')).length).toBeGreaterThan(20);
});

test('where a statement was edited it is told, not used, and the history watched anew', async () => {
  const restore = await edit('00018_orders.sql', (text) =>
    text.replace('total amount', 'total amount, extra int'),
  );
  const refused = await run({ PLINTH_SCRATCH_URL: server.getUrl().replace('postgres@', 'nobody@') });
  expect(refused.code).toBe(3);
  expect(refused.lines).toContainEqual(
    expect.objectContaining({
      type: 'finding',
      finding: expect.objectContaining({ code: 'LOCK_FILE_STALE' }),
    }),
  );
  const url = await server.createDatabase();
  const events: RunEvent[] = [];
  await apply(
    { migrations: folder, url, tables: ['orders'], cacheDir: false },
    { onEvent: (event) => events.push(event) },
  );
  const compared = await verify({ migrations: folder, url, tables: ['orders'], cacheDir: false });
  await restore();
  expect(events.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'scratch' }]);
  expect(await server.query(url, 'select extra from orders')).toEqual([]);
  expect(compared).toMatchObject({ ok: true, proof: 'stale' });
  expect(renderVerification(compared)).toContain('\nNot proven: ');
});

test('a lock file of an older Plinth is told, not used, and the history watched anew', async () => {
  const now = await readFile(lock, 'utf8');
  await writeFile(lock, now.replace('plinth-lock/2', 'plinth-lock/1'));
  const events: RunEvent[] = [];
  const source = {
    migrations: folder,
    tables: ['countries'],
    cacheDir: false,
    scratch: server.getUrl(),
  } as const;
  await plan(source, { onEvent: (event) => events.push(event) });
  await writeFile(lock, now);
  expect(events.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'scratch' }]);
  expect(events).toContainEqual({
    type: 'finding',
    finding: { code: 'LOCK_FILE_OLDER', severity: 'warning', args: { path: lock } },
  });
});

test('a lock file of another search path is not used: its tables are in other schemas', async () => {
  const own = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
  const prelude = join(server.dir, 'prelude.sql');
  await writeFile(prelude, 'create schema app;');
  const source = { migrations: own, tables: ['a'], cacheDir: false, scratch: server.getUrl() } as const;
  await prove({ migrations: own, searchPath: 'app', prelude, cacheDir: false, scratch: server.getUrl() });
  const [url, other] = [await server.createDatabase(), await server.createDatabase()];
  expect(await apply({ ...source, url })).toMatchObject({ outcome: 'applied', tables: ['public.a'] });
  expect(await apply({ ...source, url })).toMatchObject({ outcome: 'nothing-to-do' });
  const events: RunEvent[] = [];
  await server.query(other, 'create schema app');
  const result = await apply(
    { ...source, url: other, searchPath: 'app' },
    { onEvent: (event) => events.push(event) },
  );
  expect(result.created).toEqual(['app.a']);
  expect(events.filter(({ type }) => type === 'observed')).toMatchObject([{ from: 'lock-file' }]);
});

test('a proof of the same history is the same text', async () => {
  const before = await readFile(lock, 'utf8');
  expect(await prove({ migrations: folder, scratch: server.getUrl(), cacheDir: false })).toMatchObject({
    path: lock,
    unobserved: 0,
  });
  expect(await readFile(lock, 'utf8')).toBe(before);
  expect(before).not.toContain(server.dir);
});

test('the tables of the lock file are those of the history', async () => {
  const fromLock = await readTables({ migrations: folder, cacheDir: false });
  const watched = await readTables({ migrations: folder, lockFile: false, cacheDir: server.cacheDir });
  expect(fromLock).toEqual(watched);
});
