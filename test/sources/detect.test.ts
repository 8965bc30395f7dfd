import { describe, expect, test } from 'vitest';
import type { Format } from '../../src/model/history.js';
import { getCandidates } from '../../src/sources/detect.js';
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
    expect(error.args).toEqual({ path: 'memory', seen: ['2 .ts files', '1 unnamed file'] });
  });
});
