import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const MARKED = '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n';

describe('node-pg-migrate', () => {
  test('orders by number, 17 digits being a time, then by name; the name without its ending is the id', async () => {
    const history = await readMemory({
      '1700000000000_b.sql': MARKED,
      '20231114221319999_a.sql': MARKED,
      '1700000000000_a-10.sql': MARKED,
      '1700000000000_a9.sql': MARKED,
      '9_x.sql': MARKED,
      '0010_y.sql': MARKED,
      '20240101000000_z.sql': MARKED,
    });
    expect(history.format).toBe('node-pg-migrate');
    expect(getIds(history)).toEqual([
      '9_x',
      '0010_y',
      '20231114221319999_a',
      '1700000000000_a9',
      '1700000000000_a-10',
      '1700000000000_b',
      '20240101000000_z',
    ]);
  });

  test.each([
    [MARKED, '-- Up Migration\nSELECT 1;'],
    ['SELECT 0;\n--  up   MIGRATION: first\r\nSELECT 1', '--  up   MIGRATION: first\r\nSELECT 1'],
    ['-- down migration\nSELECT 2;\n-- up migration\nSELECT 1;', '-- up migration\nSELECT 1;'],
    ['SELECT 1;', 'SELECT 1;'],
    ['SELECT 1;\n-- Down Migration\nSELECT 2;', 'SELECT 1;\n-- Down Migration\nSELECT 2;'],
  ])('of %j runs %j', async (text, up) => {
    expect(getSql(await readMemory({ '1_a.sql': text }, { format: 'node-pg-migrate' }))).toEqual([[up]]);
  });

  test('has places for its programs, and takes pairs of files for one migration', async () => {
    const history = await readMemory(
      {
        '1_a.up.sql': MARKED,
        '1_a.down.sql': '',
        '2_b.js': 'exports.up = (pgm) => {};',
        '3_c.sql': '',
        '4_d.mts': '',
        'README.md': '',
        'tools.js': '',
      },
      { format: 'node-pg-migrate' },
    );
    expect(getIds(history)).toEqual(['1_a', '3_c']);
    expect(getSql(history)[0]).toEqual([MARKED.trim()]);
    expect(history.codeSteps).toEqual([
      { name: '2_b.js', before: 1 },
      { name: '4_d.mts', before: 2 },
    ]);
    expect(getPassedOver(history)).toMatchObject({ '1_a.down.sql': 'down-migration', 'tools.js': 'not-sql' });
  });

  test('is known by its programs, too', async () => {
    const files = { '1_a.sql': 'SELECT 1;', '2_b.ts': 'export const up = (pgm: MigrationBuilder) => {};' };
    expect((await readMemory(files)).format).toBe('node-pg-migrate');
    const others = { '1_a.sql': 'SELECT 1;', '2_b.ts': 'export const up = (knex: Knex) => {};' };
    expect((await readMemory(others)).format).toBe('plain');
  });

  test('is not seen in a comment of other folders', async () => {
    const pair = { '1_a.up.sql': '-- Up migration\nSELECT 1;', '1_a.down.sql': '-- Down migration\n' };
    expect((await readMemory(pair)).format).toBe('golang-migrate');
    const words = { 'a.sql': '-- Up migration for a\nSELECT 1;', 'b.sql': 'SELECT 2;' };
    expect((await readMemory(words)).format).toBe('plain');
  });

  test('refuses names without a number, and one name twice', async () => {
    const files = { 'a.sql': '', '1_b.sql': '', '1_b.js': '' };
    expect((await getError(files, { format: 'node-pg-migrate' })).args).toEqual({
      problems: [
        'a.sql: the name does not begin with a number',
        'version 1_b stands in 2 files: 1_b.js, 1_b.sql',
      ],
    });
  });
});
