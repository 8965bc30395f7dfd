import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

describe('golang-migrate', () => {
  test('orders by number, takes the up files whole, and passes the down files over', async () => {
    const history = await readMemory({
      '10_c.up.sql': 'SELECT 10',
      '2_.up.sql': 'SELECT 2; -- the end',
      '0001_a.up.sql': '',
      '0001_a.down.sql': 'SELECT -1',
      '3_lonely.down.sql': 'SELECT -3',
      '4.up.sql': 'SELECT 4',
      'x.sql': 'SELECT 5',
      'sub/5_x.up.sql': 'SELECT 6',
    });
    expect(history.format).toBe('golang-migrate');
    expect(getIds(history)).toEqual(['1', '2', '10']);
    expect(getSql(history)).toEqual([[''], ['SELECT 2; -- the end'], ['SELECT 10']]);
    expect(history.migrations.map(({ transaction }) => transaction)).toEqual(['each', 'each', 'each']);
    expect(getPassedOver(history)).toEqual({
      '0001_a.down.sql': 'down-migration',
      '3_lonely.down.sql': 'down-migration',
      '4.up.sql': 'not-a-migration-name',
      'sub/5_x.up.sql': 'subfolder',
      'x.sql': 'not-a-migration-name',
    });
  });

  test('takes the files of PostgreSQL where each dialect has its own', async () => {
    const files = {
      '1_a.mysql.up.sql': 'SELECT 1',
      '1_a.mysql.down.sql': 'SELECT 1',
      '1_a.postgres.up.sql': 'SELECT 2',
      '1_a.sqlite3.up.sql': 'SELECT 3',
      '2_b.cockroach.up.sql': 'SELECT 4',
      '2_b.up.sql': 'SELECT 5',
      '3_c.mysql.up.sql': 'SELECT 6',
    };
    const history = await readMemory(files, { format: 'golang-migrate' });
    expect(getSql(history)).toEqual([['SELECT 2'], ['SELECT 5']]);
    expect(Object.values(getPassedOver(history))).toEqual(Array(5).fill('other-dialect'));
  });

  test('refuses a version that stands twice', async () => {
    const error = await getError({ '1_a.up.sql': '', '01_b.up.sql': '' });
    expect(error.args).toEqual({ version: '1', files: ['01_b.up.sql', '1_a.up.sql'] });
  });
});

describe('sqlx', () => {
  test('reads simple and reversible files in numeric order, and the first line', async () => {
    const history = await readMemory({
      '20240101000000_a.sql': '-- Add migration script here\nSELECT 1;',
      '9_first.up.sql': '-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);',
      '9_first.down.sql': 'SELECT -1;',
      '20240102000000_b.sql': ' -- no-transaction\nSELECT 2;',
      'notes.sql': 'SELECT 3;',
      'old/1_x.sql': 'SELECT 4;',
    });
    expect(history.format).toBe('sqlx');
    expect(getIds(history)).toEqual(['9', '20240101000000', '20240102000000']);
    expect(history.migrations.map(({ transaction }) => transaction)).toEqual(['none', 'each', 'each']);
    expect(getPassedOver(history)).toEqual({
      '9_first.down.sql': 'down-migration',
      'notes.sql': 'not-a-migration-name',
      'old/1_x.sql': 'subfolder',
    });
  });

  test('refuses a name whose version is no number, as sqlx does', async () => {
    const error = await getError({ 'init_db.sql': '', '1_a.sql': '' }, { format: 'sqlx' });
    expect(error.code).toBe('HISTORY_MALFORMED');
    expect(error.message).toContain('init_db.sql');
  });

  test('reads reversible folders just as golang-migrate does', async () => {
    const files = { '20240101000000_a.up.sql': 'SELECT 1;', '20240101000000_a.down.sql': 'SELECT 2;' };
    const { format: _, digest: __, ...one } = await readMemory(files, { format: 'sqlx' });
    const { format: ___, digest: ____, ...other } = await readMemory(files, { format: 'golang-migrate' });
    expect(one).toEqual(other);
  });
});

describe('dbmate', () => {
  const file = (sql: string, option = '') =>
    `-- migrate:up${option}\n${sql}\n\n-- migrate:down\nSELECT -1;\n`;

  test('orders by file name, not by number, and takes the leading digits as they stand', async () => {
    const history = await readMemory({
      '10_a.sql': file('SELECT 10'),
      '9_b.sql': file(''),
      '001.sql.sql': file(''),
    });
    expect(history.format).toBe('dbmate');
    expect(getIds(history)).toEqual(['001', '10', '9']);
    expect(getSql(history)).toEqual([[''], ['SELECT 10'], ['']]);
  });

  test('reads transaction:false, CRLF, several pairs, and a file without a down part', async () => {
    const history = await readMemory({
      '1_a.sql': file('SELECT 1;', ' transaction:false'),
      '2_b.sql': '-- about\r\n--migrate:up\r\nSELECT 2\r\n-- migrate:down\r\n-- migrate:up\r\nSELECT 3;',
      '3_c.sql': file('SELECT 4;', ' transaction:true'),
      '4_d.sql': '-- migrate:up',
    });
    expect(history.migrations.map(({ transaction }) => transaction)).toEqual([
      'none',
      'each',
      'each',
      'each',
    ]);
    expect(getSql(history)).toEqual([['SELECT 1;'], ['SELECT 2', 'SELECT 3;'], ['SELECT 4;'], ['']]);
  });

  test.each([
    ['no up mark', 'SELECT 1;', /line 1: SQL before/],
    ['nothing', '-- nothing', /there is no "-- migrate:up"/],
    ['down before up', '-- migrate:down\n-- migrate:up\n', /without "-- migrate:up" before it/],
  ])('refuses a file with %s', async (_, text, problem) => {
    const error = await getError({ '1_a.sql': text }, { format: 'dbmate' });
    expect(error.code).toBe('HISTORY_MALFORMED');
    expect(error.message).toMatch(problem);
  });

  test('passes other names over', async () => {
    const history = await readMemory({ '1_a.sql': file(''), 'a_1.sql': file(''), 'sub/2_b.sql': file('') });
    expect(getPassedOver(history)).toEqual({ 'a_1.sql': 'not-a-migration-name', 'sub/2_b.sql': 'subfolder' });
  });
});
