// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Flyway and goose
import { describe, expect, test } from 'vitest';
import { getError, readMemory } from './memory.js';

const UP = '-- +goose Up\n';
const getDigest = async (...[files, options]: Parameters<typeof readMemory>) =>
  (await readMemory(files, options)).digest;

describe('readHistory', () => {
  test('numbers the migrations and tells where they are from', async () => {
    const history = await readMemory({ '2_b.sql': UP, '1_a.sql': UP });
    expect(history.location).toBe('memory');
    expect(history.migrations.map(({ ordinal, name }) => [ordinal, name])).toEqual([
      [0, '1_a.sql'],
      [1, '2_b.sql'],
    ]);
  });

  test('is empty-handed for an empty folder, or one without a migration of the format', async () => {
    expect((await getError({})).args).toEqual({ path: 'memory', format: null, passedOver: 0 });
    const error = await getError({ 'V1__a.sql': '' }, { format: 'goose' });
    expect(error.code).toBe('FOLDER_EMPTY');
    expect(error.args).toEqual({ path: 'memory', format: 'goose', passedOver: 1 });
  });

  test('tells all problems of a folder at once', async () => {
    const error = await getError({
      '1_a.sql': UP,
      '01_b.sql': UP,
      '2_c.sql': 'SELECT 1;',
      '3_d.sql': Uint8Array.from([0x2d, 0xff]),
      '4_e.sql': `${UP}-- +goose ENVSUB ON\nSELECT $A, $B;`,
    });
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.args).toEqual({
      problems: [
        'version 1 stands in 2 files: 01_b.sql, 1_a.sql',
        '2_c.sql: line 1: SQL before the "-- +goose Up" line',
        '3_d.sql is not valid UTF-8 (byte 1)',
        'no value for 2 placeholders:\n  A (4_e.sql:3)\n  B (4_e.sql:3)\n  Give them: --set A=VALUE --set B=VALUE',
      ],
    });
    expect((error.cause as AggregateError).errors).toHaveLength(4);
  });

  test('a single problem is its own error', async () => {
    const error = await getError({ '1_a.sql': Uint8Array.from([0xff]) });
    expect(error.code).toBe('FILE_NOT_UTF8');
  });

  test('the digest follows format, names, contents and values, and nothing else', async () => {
    const files = { 'V1__a.sql': 'SELECT ${a};', 'V2__b.sql': '' };
    const digest = await getDigest(files, { placeholders: { a: '1' } });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await getDigest({ ...files, 'notes.md': 'x' }, { placeholders: { A: '1', b: '2' } })).toBe(digest);
    expect(await getDigest(files, { placeholders: { a: '2' } })).not.toBe(digest);
    expect(await getDigest({ ...files, 'V2__b.sql': ' ' }, { placeholders: { a: '1' } })).not.toBe(digest);
    const plain = { 'a.sql': '', 'b.sql': '' };
    expect(await getDigest(plain)).not.toBe(await getDigest({ 'a.sql': '', 'c.sql': '' }));
    const pair = { '1_a.up.sql': '' };
    expect(await getDigest(pair, { format: 'sqlx' })).not.toBe(
      await getDigest(pair, { format: 'golang-migrate' }),
    );
  });

  test('every file is used or passed over', async () => {
    const files = {
      '1_a.sql': UP,
      '.x': '',
      'b/c.sql': '',
      'd.go': '',
      '2_e.mysql.sql': UP,
      '2_e.pg.sql': UP,
    };
    const history = await readMemory(files);
    const told = [
      ...history.migrations.map(({ name }) => name),
      ...history.passedOver.map(({ path }) => path),
    ];
    expect(told.sort()).toEqual(Object.keys(files).sort());
  });
});
