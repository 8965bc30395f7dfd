import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OBSERVATION_FORMAT } from '../../src/model/observation.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
let url: string;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
  url = (await server.createDatabase()).replace('postgres@', 'postgres:hunter2@');
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const A = renderGoose('create table a (id int);');
const B = renderGoose('create table b (id int);');

/** Applies a folder that cannot be used: one error on stderr, nothing on stdout, nothing in the database, no password. */
async function expectRefusal(
  code: string,
  folder: string,
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ended = await cli.run(['apply', '-m', folder, '--url', url, ...argv], env);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr.split('error[').length, ended.stderr).toBe(2);
  expect(ended.stderr).toContain(`error[${code}]: `);
  expect(ended.stderr).not.toContain('hunter2');
  const made =
    "select from pg_namespace where nspname = 'plinth' union all select from pg_tables where schemaname = 'public'";
  expect(await server.query(url, made)).toEqual([]);
  return ended.stderr;
}

test('a missing folder is named', async () => {
  expect(await expectRefusal('FOLDER_NOT_FOUND', '/nowhere/db')).toContain('/nowhere/db');
});

test('an empty folder is told from one of an unknown tool', async () => {
  const empty = await server.createFolder({});
  await expectRefusal('FOLDER_EMPTY', empty);
  await expectRefusal('FOLDER_EMPTY', empty, ['--format', 'goose']);
  const other = await server.createFolder({ 'README.md': 'nothing', 'db.dump': 'x' });
  expect(await expectRefusal('FORMAT_UNKNOWN', other)).toContain('.dump');
  expect(await expectRefusal('FOLDER_EMPTY', other, ['--format', 'plain'])).toContain('2 files passed over');
});

// As root a file without rights can be read, so a link to itself stands for what cannot be.
test('a file that cannot be read is named with the reason', async () => {
  const folder = await server.createFolder({ '1_a.sql': A });
  await symlink('2_b.sql', join(folder, '2_b.sql'));
  expect(await expectRefusal('FILE_UNREADABLE', folder)).toMatch(/2_b\.sql.*ELOOP/);
});

test('a folder named like a file is no migration, and a single file that is no SQL is refused', async () => {
  const folder = await server.createFolder({ 'notes.txt': 'x' });
  await mkdir(join(folder, '1_a.sql'));
  await expectRefusal('FOLDER_EMPTY', folder, ['--format', 'goose']);
  await expectRefusal('FILE_UNREADABLE', join(folder, 'notes.txt'));
});

test('bytes that are no UTF-8 are told with their place', async () => {
  const latin = Buffer.concat([
    Buffer.from("-- +goose Up\ncomment on table a is '"),
    Buffer.from([0xe9, 0x27, 0x3b]),
  ]);
  const folder = await server.createFolder({ '1_a.sql': A, '2_b.sql': latin });
  expect(await expectRefusal('FILE_NOT_UTF8', folder)).toContain('2_b.sql is not valid UTF-8 (byte 36)');
});

test('SQL that does not parse is shown in all files at once, each with line, column and caret', async () => {
  const folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (', '  id int,', '  tëxt', ');'),
    '2_b.sql': B,
    '3_c.sql': '\uFEFF-- +goose Up\r\nselect 1;\r\ncreate tabel c (id int);\r\n',
    '4_d.sql': renderGoose("select '😀' frm x y;"),
  });
  const stderr = await expectRefusal('SQL_INVALID', folder);
  expect(stderr).toContain('3 places of SQL');
  expect(stderr).toContain('1_a.sql:5:1: syntax error at or near ")"');
  expect(stderr).toContain('3_c.sql:3:8: syntax error at or near "tabel"');
  expect(stderr).toContain('4_d.sql:2:16: syntax error at or near "x"');
  expect(stderr).toMatch(/3 \| create tabel c \(id int\);\n\s+\| {8}\^/);
});

test('a version that stands twice is told with both files', async () => {
  const folder = await server.createFolder({ '00001_a.sql': A, '1_b.sql': B });
  expect(await expectRefusal('VERSION_DUPLICATE', folder)).toContain('00001_a.sql, 1_b.sql');
});

test('several bad files are told together', async () => {
  const folder = await server.createFolder({
    '1_a.sql': A,
    '1_b.sql': B,
    '2_c.sql': Buffer.from([0x2d, 0x2d, 0xff]),
    '3_d.sql': '-- +goose Up\n-- +goose StatementBegin\nselect 1;\n',
  });
  const stderr = await expectRefusal('INPUT_INVALID', folder, ['--format', 'goose']);
  for (const word of ['1_b.sql', '2_c.sql', '3_d.sql']) expect(stderr).toContain(word);
});

test('a folder that fits two tools asks which', async () => {
  const folder = await server.createFolder({
    '1_a.sql': `-- +goose Up\ncreate table a ();\n`,
    '2_b.sql': `-- migrate:up\ncreate table b ();\n-- migrate:down\ndrop table b;\n`,
  });
  const stderr = await expectRefusal('FORMAT_AMBIGUOUS', folder);
  expect(stderr).toMatch(/--format goose/);
  expect(stderr).toMatch(/--format dbmate/);
});

test('an unknown table comes with the nearest names, all unknown ones at once', async () => {
  const stderr = await expectRefusal('TABLE_UNKNOWN', SHOP, [
    '--tables',
    'custommers,goods,orders,billing.invoice',
  ]);
  expect(stderr).toContain('no table or view custommers; the nearest: customers');
  expect(stderr).toContain('no table or view goods');
  expect(stderr).toMatch(/no table or view billing\.invoice; the nearest: .*invoices/);
});

test('a lock file that is broken is named, and how to write it anew', async () => {
  const folder = join(server.dir, 'locked');
  await cp(SHOP, folder, { recursive: true });
  for (const [code, text] of [
    ['LOCK_FILE_INVALID', '{"format": "plinth-lo'],
    ['LOCK_FILE_INVALID', '[]'],
    ['LOCK_FILE_INVALID', 'null'],
    ['LOCK_FILE_INVALID', '{"format": "plinth-lock/2"}'],
    ['LOCK_FILE_NEWER', '{"format": "plinth-lock/9"}'],
    ['LOCK_FILE_NEWER', '{"format": "plinth-lock/2", "observation": {"format": "plinth-observation/99"}}'],
    [
      'LOCK_FILE_EDITED',
      `{"format": "plinth-lock/2", "observation": {"format": "${OBSERVATION_FORMAT}", "tables": []}}`,
    ],
  ]) {
    await writeFile(join(folder, 'plinth.lock.json'), text!);
    const stderr = await expectRefusal(code!, folder, ['--tables', 'countries']);
    expect(stderr).toContain('plinth prove');
  }
});

test('options that are wrong are told all at once, without their values', async () => {
  const argv = ['--timeout', 'soon', '--ledger', 'My Ledger', '--service', 'a b', '--missing-roles', 'maybe'];
  const stderr = await expectRefusal('OPTIONS_INVALID', SHOP, [...argv, '--format', 'gooose'], {
    PLINTH_SCRATCH_URL: 'host hunter2',
  });
  expect(stderr).toContain('6 options are not right');
  for (const name of [
    '--timeout',
    '--ledger',
    '--service',
    '--missing-roles',
    '--format',
    'PLINTH_SCRATCH_URL',
  ]) {
    expect(stderr).toContain(`\n  ${name} must be `);
  }
  const twice = await cli.run(['apply', '--url', url, '--embedded', 'x']);
  expect(twice.code).toBe(2);
  expect(twice.stderr).toMatch(/2 options are not right:\n.*no migration folder.*\n.*one target only/);
  const bad = await cli.run(['apply', '-m', SHOP, '--url', 'postgres:/u:hunter2@h/db']);
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(bad.stderr).not.toContain('hunter2');
});
