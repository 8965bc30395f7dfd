import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, readMemory } from './memory.js';

describe('pop', () => {
  test('orders by version, which is text, in subfolders, too', async () => {
    const history = await readMemory({
      '9_a.postgres.up.sql': '',
      '9_a.mysql.up.sql': '',
      'more/10_b.up.sql': '',
      '20240102030405000001_c.up.sql': '',
      '20240102030405_d.up.sql': '',
      '20240102030405_d.down.sql': '',
    });
    expect(history.format).toBe('pop');
    expect(getIds(history)).toEqual(['10', '20240102030405', '20240102030405000001', '9']);
  });

  test("takes PostgreSQL's own file, else the one for all, and runs no other database's", async () => {
    const files = {
      '1_a.up.sql': '',
      '1_a.pgx.up.sql': '',
      '2_b.up.sql': '',
      '2_b.cockroach.up.sql': '',
      '3_c.sqlite3.up.sql': '',
      '4_d.yugabyte.up.sql': '',
    };
    expect((await readMemory(files)).format).toBe('pop');
    const history = await readMemory({ ...files, '5_e.unheard.up.sql': '' }, { format: 'pop' });
    expect(history.migrations.map(({ name }) => name)).toEqual(['1_a.pgx.up.sql', '2_b.up.sql']);
    expect(getPassedOver(history)).toEqual({
      '1_a.up.sql': 'other-dialect',
      '2_b.cockroach.up.sql': 'other-dialect',
      '3_c.sqlite3.up.sql': 'other-dialect',
      '4_d.yugabyte.up.sql': 'other-dialect',
      '5_e.unheard.up.sql': 'not-a-migration-name',
    });
  });

  test('takes fizz for a step in code, but where PostgreSQL has SQL of its own', async () => {
    const history = await readMemory({
      '1_a.up.fizz': 'create_table("a") {}',
      '1_a.down.fizz': 'drop_table("a")',
      '2_b.up.sql': '',
      '3_c.up.fizz': '',
      '3_c.postgres.up.sql': '',
    });
    expect(history.format).toBe('pop');
    expect(getIds(history)).toEqual(['2', '3']);
    expect(history.codeSteps).toEqual([{ name: '1_a.up.fizz', before: 0 }]);
    expect(getPassedOver(history)).toMatchObject({
      '1_a.down.fizz': 'down-migration',
      '3_c.up.fizz': 'other-dialect',
    });
  });

  test.each([
    ['1_a.autocommit.up.sql', 'none'],
    ['1_a.postgres.autocommit.up.sql', 'none'],
    ['1_a.postgres.up.sql', 'each'],
  ])('%s runs with the transaction %s', async (name, transaction) => {
    const { migrations } = await readMemory({ [name]: '', '2_b.autocommit.up.sql': '' });
    expect(migrations[0]).toMatchObject({ id: '1', transaction });
  });

  test('refuses a version that PostgreSQL has twice', async () => {
    const error = await getError({
      '1_a.postgres.up.sql': '',
      '1_b.pg.up.sql': '',
      '1_b.mysql.up.sql': '',
      '2_c.up.sql': '',
      '2_d.up.fizz': '',
    });
    expect(error.args).toEqual({
      problems: [
        'version 1 stands in 2 files: 1_a.postgres.up.sql, 1_b.pg.up.sql',
        'version 2 stands in 2 files: 2_c.up.sql, 2_d.up.fizz',
      ],
    });
  });

  test('is not seen where one word before the direction is all there is', async () => {
    const files = { '1_a.postgres.up.sql': '', '1_a.postgres.down.sql': '' };
    expect((await readMemory(files)).format).toBe('golang-migrate');
  });
});
