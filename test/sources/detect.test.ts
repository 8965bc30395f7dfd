import { describe, expect, test } from 'vitest';
import type { Format } from '../../src/model/history.js';
import { getCandidates } from '../../src/sources/candidates.js';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { createListing } from '../../src/sources/folder-listing.js';
import { type Files, getError, readMemory } from './memory.js';

const getRanking = async (files: Files) =>
  (await getCandidates(await createListing(createMemoryFolder(files)))).map(({ format, score, evidence }) => [
    format,
    score,
    ...evidence,
  ]);
const pair = (name: string, text = 'SELECT 1;') => ({ [`${name}.up.sql`]: text, [`${name}.down.sql`]: '' });

const pairIn = (folder: string, name: string) => ({
  [`${folder}/${name}.up.sql`]: `CREATE TABLE t${name} ();`,
  [`${folder}/${name}.down.sql`]: '',
});

describe('detection', () => {
  test('tells its evidence, best first', async () => {
    expect(
      await getRanking({ '1_a.sql': '-- +goose Up\n', '2_b.sql': '-- +goose up\n', 'x.md': '' }),
    ).toEqual(
      [['goose', 100, '2 files with "-- +goose Up"']].concat([
        ['plain', 20, '2 files named *.sql, with no marks of a tool'],
      ] as never),
    );
    expect((await getRanking({ 'migration_lock.toml': '', 'a/migration.sql': '' }))[0]).toEqual([
      'prisma',
      100,
      'migration_lock.toml',
      '1 folder with migration.sql',
    ]);
  });

  test.each<[string, Format, Files]>([
    ['numbers that count up', 'golang-migrate', { ...pair('000001_a'), ...pair('000002_b') }],
    ['timestamps alone', 'golang-migrate', { ...pair('20240101000000_a') }],
    ["sqlx's template", 'sqlx', pair('20240101000000_a', '-- Add up migration script here\n')],
    ['-- no-transaction', 'sqlx', pair('1_a', '-- no-transaction\nSELECT 1;')],
    ['numbered files without a mark', 'plain', { '001_a.sql': '', '002_b.sql': '' }],
    ['one file', 'plain', { 'schema.sql': 'CREATE TABLE a ();' }],
    ['V names', 'flyway', { 'V1__a.sql': '', 'seed.sql': '' }],
  ])('takes %s for %s', async (_, format, files) => {
    expect((await readMemory(files)).format).toBe(format);
  });

  test('refuses to choose where two tools would run different files', async () => {
    const error = await getError({ ...pair('20240101000000_a'), '20240102000000_b.sql': 'SELECT 2;' });
    expect(error.code).toBe('FORMAT_AMBIGUOUS');
    expect(error.message).toContain('sqlx: 2 files named like 1_title.up.sql');
    expect(error.message).toContain('golang-migrate: 1 file named like 1_title.up.sql');
  });

  test('refuses to choose between marks of two tools', async () => {
    const error = await getError({ '1_a.sql': '-- +goose Up\n', '2_b.sql': '-- migrate:up\n' });
    expect(error.code).toBe('FORMAT_AMBIGUOUS');
  });

  test('finds nothing in a folder of other things, and says what it saw', async () => {
    const error = await getError({ 'a.ts': '', 'b.ts': '', Makefile: '' });
    expect(error.code).toBe('FORMAT_UNKNOWN');
    expect(error.args).toEqual({ path: 'memory', seen: ['2 .ts files', '1 unnamed file'], below: [] });
  });

  test('finds the folder of a tool below, where the whole is none, and says to give that', async () => {
    const error = await getError({
      'db/migrations/1_a.sql': '-- +goose Up\n-- +goose Down\n',
      'db/other/2_b.sql': '-- migrate:up\n-- migrate:down\n',
      'db/seeds/x.sql': '',
    });
    expect(error.code).toBe('FORMAT_UNKNOWN');
    expect(error.hint).toBe(
      'Give the folder itself: --migrations memory/db/migrations (goose), --migrations memory/db/other (dbmate).',
    );
  });

  test('reads no folder of a tool below along with plain SQL beside it', async () => {
    const below = { ...pairIn('migrations', '1_a'), ...pairIn('migrations', '2_b') };
    const error = await getError({ ...below, 'schema.sql': '' });
    expect(error.code).toBe('FORMAT_AMBIGUOUS');
    expect(`${error.message}\n${error.hint}`).toBe(`memory fits more than one tool:
  plain: 3 files named *.sql, with no marks of a tool
  golang-migrate: migrations: 2 files named like 1_title.up.sql; versions count up (migrate create -seq)
Choose one: --format plain or --migrations memory/migrations.`);
    expect((await getError({ ...below, ...pairIn('more/of', '1_c') })).code).toBe('FORMAT_AMBIGUOUS');
    // Alone it would run the same.
    expect((await readMemory(below)).migrations.map(({ name }) => name)).toEqual([
      'migrations/1_a.up.sql',
      'migrations/2_b.up.sql',
    ]);
  });

  test("takes Pop's way to render for Pop's mark, and asks for the values", async () => {
    const files = pair('20240101000000_a', 'CREATE TABLE {{ index .Options "Namespace" }}.a ();');
    const history = await readMemory(files, { placeholders: { Namespace: 'auth' } });
    expect(history.format).toBe('pop');
    expect((await getError(files)).code).toBe('PLACEHOLDER_MISSING');
  });
});
