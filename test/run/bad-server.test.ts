import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

const PASSWORD = 'hunter2';

let server: RunServer;
let cli: CommandLine;
let rules: string;
beforeAll(async () => {
  // The socket asks for no password, the port does.
  rules = await mkdtemp(join(tmpdir(), 'plinth-rules-'));
  await chmod(rules, 0o755);
  const file = join(rules, 'pg_hba.conf');
  await writeFile(file, 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n', { mode: 0o644 });
  server = await startRunServer({ hba_file: file }, await getFreePort());
  cli = await createCommandLine(server.cacheDir);
  const roles = ['postgres', 'limited', 'owner'];
  const sql = `create role limited login; create role owner login;
    ${roles.map((role) => `alter role ${role} password '${PASSWORD}';`).join(' ')}`;
  await server.query(server.getUrl(), sql);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
  await rm(rules, { recursive: true, force: true });
});

const getTcpUrl = (url: string, user: string, password = PASSWORD): string =>
  `postgres://${user}:${password}@127.0.0.1:${server.port}/${new URL(url).pathname.slice(1)}`;

/** Runs the command line, which is to fail with this code and to tell no password, and returns what it told. */
async function expectFailure(
  code: string,
  exit: number,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ended = await cli.run(argv, env);
  expect(ended.stderr).toContain(`error[${code}]: `);
  expect(ended.code).toBe(exit);
  expect(ended.stderr.split('error[').length, ended.stderr).toBe(2);
  const lines = await cli.run([...argv, '--json', '--verbose'], env);
  expect(parseLines(lines.stdout).at(-1)).toMatchObject({ type: 'error', code });
  for (const text of [ended.stdout, ended.stderr, lines.stdout, lines.stderr]) {
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain('other3');
  }
  return ended.stderr;
}

const isEmpty = async (url: string): Promise<boolean> =>
  (
    await server.query(
      url,
      "select from pg_class where relnamespace::regnamespace::text in ('public', 'plinth')",
    )
  ).length === 0;

test('a wrong password is told at once, with the user and not the password', async () => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', SHOP, '--url', getTcpUrl(url, 'postgres', 'other3')];
  const start = performance.now();
  expect(await expectFailure('AUTHENTICATION_FAILED', 4, argv)).toContain('user postgres');
  expect(performance.now() - start).toBeLessThan(25_000);
  expect((await cli.run(['apply', '-m', SHOP, '--url', getTcpUrl(url, 'postgres')])).code).toBe(0);
});

test('a refused port is waited for within the budget', async () => {
  const target = `postgres://u:${PASSWORD}@127.0.0.1:${await getFreePort()}/db`;
  const start = performance.now();
  await expect(
    apply({ migrations: SHOP, url: target, timeout: '1s', cacheDir: false }),
  ).rejects.toMatchObject({
    code: 'POSTGRES_NOT_READY',
    name: 'PostgresNotReadyError',
  });
  expect(performance.now() - start).toBeGreaterThan(500);
  expect(performance.now() - start).toBeLessThan(20_000);
  const argv = ['apply', '-m', SHOP, '--url', target, '--timeout', '300ms'];
  expect(await expectFailure('POSTGRES_NOT_READY', 4, argv)).toContain('ECONNREFUSED');
});

test('a missing database is told at once, with what makes it', async () => {
  const target = getTcpUrl('postgres://h/nope', 'postgres');
  expect(await expectFailure('DATABASE_MISSING', 4, ['apply', '-m', SHOP, '--url', target])).toContain(
    'createdb nope',
  );
  await expectFailure('DATABASE_MISSING', 4, ['plan', '-m', SHOP, '--url', target, '--tables', 'stock']);
});

test('without the right to make the ledger nothing is made', async () => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', SHOP, '--url', getTcpUrl(url, 'limited')];
  expect(await expectFailure('PERMISSION_DENIED', 4, argv)).toContain('CREATE on database run_');
  expect(await isEmpty(url)).toBe(true);
});

test('without the right on the schema of its table a migration fails, and the ledger has those before it', async () => {
  const url = await server.createDatabase();
  await server.query(url, 'create schema own authorization owner; create schema plinth authorization owner');
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table own.a (id int);'),
    '2_b.sql': renderGoose('create table own.b (id int);', 'create table public.b (id int);'),
    '3_c.sql': renderGoose('create table own.c (id int);'),
  });
  const argv = ['apply', '-m', folder, '--url', getTcpUrl(url, 'owner')];
  const stderr = await expectFailure('MIGRATION_FAILED', 5, argv);
  expect(stderr).toContain(
    "migration '2_b.sql' failed: permission denied for schema public (SQLSTATE 42501)",
  );
  expect(stderr).toContain('at 2_b.sql:3:');
  expect(stderr).toContain('committed: 1 statement of 1_a.sql; not executed: 2 statements');
  const made =
    "select array(select relname::text from pg_class where relnamespace = 'own'::regnamespace) as tables";
  expect(await server.query(url, made)).toEqual([{ tables: ['a'] }]);
  expect(await server.query(url, 'select migration from plinth.statements')).toEqual([{ migration: '1' }]);
  await server.query(url, 'grant create on schema public to owner');
  expect((await cli.run(argv)).stdout).toContain('Applied 3 statements of 2 migrations');
});

test('a right on a ledger that somebody else made is told by its name', async () => {
  const url = await server.createDatabase();
  const folder = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
  await apply({ migrations: folder, url });
  const argv = ['apply', '-m', folder, '--url', getTcpUrl(url, 'limited')];
  expect(await expectFailure('PERMISSION_DENIED', 4, argv)).toContain('read the ledger in schema plinth');
});

test('a role that the target lacks: fail changes nothing, skip leaves the grants out, create makes it', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': renderGoose('grant select on a to "Auditor";', 'create table b (id int);'),
  });
  const url = await server.createDatabase();
  const argv = ['apply', '-m', folder, '--url', url];
  const stderr = await expectFailure('ROLE_MISSING', 8, argv);
  expect(stderr).toContain('Auditor, named by 2_b.sql:2');
  expect(await server.query(url, "select from pg_tables where schemaname = 'public'")).toEqual([]);

  const skipped = await cli.run([...argv, '--missing-roles', 'skip']);
  expect(skipped.code).toBe(0);
  expect(skipped.stderr).toContain('left out 2_b.sql:2: it names the role Auditor');
  expect(await server.query(url, 'select state from plinth.statements order by migration, index')).toEqual(
    ['applied', 'skipped', 'applied'].map((state) => ({ state })),
  );
  const other = await server.createDatabase();
  const result = await apply({
    migrations: folder,
    url: other,
    missingRoles: 'create',
    tables: ['a'],
    cacheDir: server.cacheDir,
  });
  expect(result.findings).toMatchObject([{ code: 'ROLE_CREATED', args: { role: 'Auditor' } }]);
  expect(await server.query(other, "select has_table_privilege('Auditor', 'a', 'select') as may")).toEqual([
    { may: true },
  ]);
  expect(await server.query(other, "select rolcanlogin from pg_roles where rolname = 'Auditor'")).toEqual([
    { rolcanlogin: false },
  ]);
});

test('a role that a DO block of the history makes is not missing', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose(
      '-- +goose StatementBegin',
      "do $$ begin if not exists (select from pg_roles where rolname = 'writer_of_a') then create role writer_of_a; end if; end $$;",
      '-- +goose StatementEnd',
      'create table a (id int);',
      'grant insert on a to writer_of_a;',
    ),
  });
  for (const tables of [['a'], []]) {
    const url = await server.createDatabase();
    await apply({ migrations: folder, url, tables, cacheDir: server.cacheDir });
    const may = "select has_table_privilege('writer_of_a', 'a', 'insert') as may";
    expect(await server.query(url, may)).toEqual([{ may: true }]);
    await server.query(url, 'drop owned by writer_of_a; drop role writer_of_a');
  }
});

test('an extension that neither server has is told with its statement', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '2_b.sql': renderGoose(
      'create extension if not exists "postgis";',
      'create table b (id int, place geometry);',
    ),
  });
  const url = await server.createDatabase();
  const argv = ['apply', '-m', folder, '--url', url];
  expect(await expectFailure('EXTENSION_MISSING', 8, argv)).toContain(
    'the extension postgis, which 2_b.sql:2 wants',
  );
  expect(await server.query(url, "select tablename from pg_tables where schemaname = 'public'")).toEqual([
    { tablename: 'a' },
  ]);
  const told = await expectFailure('TABLE_NOT_OBSERVED', 3, [...argv, '--tables', 'b']);
  expect(told).toContain('2_b.sql:3');
  expect(told).toContain('type "geometry" does not exist');
  expect((await cli.run([...argv, '--tables', 'a'])).code).toBe(0);
});

test('a scratch server that cannot be used is told, and not its password', async () => {
  const url = await server.createDatabase();
  const argv = ['apply', '-m', SHOP, '--url', url, '--tables', 'stock', '--no-cache'];
  const scratch = getTcpUrl(url, 'postgres', 'other3');
  await expectFailure('SCRATCH_UNAVAILABLE', 3, [...argv, '--scratch', scratch]);
  const told = await expectFailure('SCRATCH_UNAVAILABLE', 3, argv, {
    PLINTH_SCRATCH_URL: getTcpUrl(url, 'limited'),
  });
  expect(told).toContain('limited is no superuser there');
  // Nor what a managed server gives instead.
  await server.query(url, 'alter role limited createdb; grant pg_read_all_stats to limited');
  const more = await expectFailure('SCRATCH_UNAVAILABLE', 3, [
    ...argv,
    '--scratch',
    getTcpUrl(url, 'limited'),
  ]);
  expect(more).toContain('CREATEDB and pg_read_all_stats are not enough');
  expect(await isEmpty(url)).toBe(true);
});
