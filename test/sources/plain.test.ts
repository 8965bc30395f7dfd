import { describe, expect, test } from 'vitest';
import { getOtherDialectFiles } from '../../src/sources/dialect.js';
import { compareNaturally } from '../../src/sources/natural-order.js';
import { getError, getIds, getPassedOver, readMemory } from './memory.js';

describe('plain', () => {
  test('takes every .sql file in natural order, subfolders included', async () => {
    const history = await readMemory({
      '10.sql': '',
      '9.sql': '',
      'b/2.sql': '',
      'b/10.SQL': '',
      '00010_x.sql': '',
      'notes.md': '',
      '11_step.py': '',
      '.x.sql': '',
    });
    expect(history.format).toBe('plain');
    expect(getIds(history)).toEqual(['9.sql', '10.sql', '00010_x.sql', 'b/2.sql', 'b/10.SQL']);
    expect(getPassedOver(history)).toEqual({
      'notes.md': 'not-sql',
      '11_step.py': 'code-step',
      '.x.sql': 'hidden',
    });
  });

  test('runs no way back', async () => {
    const history = await readMemory({
      '1_up.sql': '',
      '1_down.sql': '',
      '2_slow_down.sql': '',
      '3.rollback.sql': '',
    });
    expect(getIds(history)).toEqual(['1_up.sql', '2_slow_down.sql']);
    expect(getPassedOver(history)).toEqual({
      '1_down.sql': 'down-migration',
      '3.rollback.sql': 'down-migration',
    });
  });

  test.each([
    ['micrate', '-- +micrate Up\nSELECT 1;\n-- +micrate Down\nSELECT 2;'],
    ['rambler', '-- rambler up\nSELECT 1;\n-- rambler down\nSELECT 2;'],
    ['Play evolutions', '# --- !Ups\n# --- !Downs\n'],
  ])('refuses files with the way back of %s, asked for or not', async (tool, text) => {
    const unasked = await getError({ '1_a.sql': text });
    expect(unasked.code).toBe('FORMAT_UNKNOWN');
    expect(unasked.message).toContain(`1 file with the marks of ${tool}`);
    const asked = await getError({ '1_a.sql': text }, { format: 'plain' });
    expect(asked.code).toBe('HISTORY_MALFORMED');
    expect(asked.message).toContain(tool);
  });

  test('refuses a folder whose order stands in a file below', async () => {
    const error = await getError({ 'db/migration_lock.toml': '', 'db/1_a/migration.sql': '' });
    expect(error.code).toBe('FORMAT_UNKNOWN');
    expect(error.message).toContain('db/migration_lock.toml');
  });
});

test('numbers are compared as numbers, however long they are', () => {
  const names = ['V100', 'V9', 'V010', 'V10', 'a', 'V10a', 'V20240101000000123', 'V20240101000000'];
  expect(names.sort(compareNaturally)).toEqual([
    'V9',
    'V10',
    'V010',
    'V10a',
    'V100',
    'V20240101000000',
    'V20240101000000123',
    'a',
  ]);
});

describe('dialects', () => {
  test.each([
    ['a word alone says nothing', ['1_import.mysql.sql', '2_b.sql'], []],
    ['a title is no mark', ['mysql.sql', '1_mysql.sql', '2_b.pg.sql'], []],
    ['beside an unmarked file', ['1.sql', '1.sqlite3.sql'], ['1.sqlite3.sql']],
    ['an unmarked file beside our own', ['1.sql', '1.pg.sql'], ['1.sql']],
    ['two others', ['1.mysql.sql', '1.sqlite.sql', '2.sql'], ['1.mysql.sql', '1.sqlite.sql']],
    ['after the direction', ['1.up.mysql.sql', '1.up.postgres.sql'], ['1.up.mysql.sql']],
    ['by folder', ['mysql/V1__a.sql', 'postgresql/V1__a.sql', 'V2__b.sql'], ['mysql/V1__a.sql']],
    ['in capitals', ['1.MySQL.sql', '1.Postgres.sql'], ['1.MySQL.sql']],
  ])('%s', (_, paths, others) => {
    expect([...getOtherDialectFiles(paths)]).toEqual(others);
  });
});
