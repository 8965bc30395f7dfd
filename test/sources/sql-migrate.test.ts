import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const UP = '-- +migrate Up\n';

describe('sql-migrate', () => {
  test('orders by number, then by name, those without a number last; the name is the id', async () => {
    const history = await readMemory({
      '10_b.sql': UP,
      '0010_a.sql': UP,
      '9.sql': UP,
      'b.sql': UP,
      'A.sql': UP,
      '20240101000000-x.sql': UP,
      '9.SQL': UP,
      'more/1.sql': UP,
    });
    expect(history.format).toBe('sql-migrate');
    expect(getIds(history)).toEqual([
      '9.sql',
      '0010_a.sql',
      '10_b.sql',
      '20240101000000-x.sql',
      'A.sql',
      'b.sql',
    ]);
    expect(getPassedOver(history)).toEqual({ '9.SQL': 'not-a-migration-name', 'more/1.sql': 'subfolder' });
  });

  test('runs the up parts, and nothing of a function that it would not run', async () => {
    const history = await readMemory({
      '1.sql': `-- title\nSELECT 0;\n-- +migrate Up\n-- a note\nSELECT '\n-- inside\n  -- kept\n--kept';\n-- +migrate Down\nSELECT 2;\n-- +migrate Up\n-- +migrate StatementBegin\nSELECT 3\n-- +migrate StatementEnd\n`,
      '2.sql': '-- +migrate Down\nSELECT 4;',
    });
    expect(getSql(history)).toEqual([["SELECT '\n  -- kept\n--kept';", 'SELECT 3'], []]);
  });

  test.each([
    ['-- +migrate Up notransaction', 'none'],
    ['-- +migrate Up  other notransaction', 'none'],
    ['-- +migrate Up NOTRANSACTION', 'each'],
    ['-- +migrate Up', 'each'],
  ])('%s is a migration with the transaction %s', async (mark, transaction) => {
    const { migrations } = await readMemory({
      '1.sql': `${mark}\r\nSELECT 1;\r\n-- +migrate Down notransaction`,
    });
    expect(migrations[0]!.transaction).toBe(transaction);
  });

  test('tells all that sql-migrate would refuse at once', async () => {
    const error = await getError(
      {
        '1_a.sql': 'SELECT 1;',
        '2_b.sql': '-- +migrate up\nSELECT 1;',
        '3_c.sql': `${UP}-- +migrate StatementBegin\nSELECT 1;`,
        '4_d.sql': `${UP}-- +migrate StatementBegin\nSELECT 1;\n-- +migrate Down\n`,
        '5_e.sql': `${UP}-- +migrate \n`,
        '99999999999999999999.sql': UP,
      },
      { format: 'sql-migrate' },
    );
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.args).toEqual({
      problems: [
        '99999999999999999999.sql: the number is too large',
        '1_a.sql: there is no "-- +migrate Up" line',
        '2_b.sql: there is no "-- +migrate Up" line',
        '3_c.sql: a "-- +migrate StatementEnd" is missing',
        '4_d.sql: line 4: Down before "-- +migrate StatementEnd"',
        '5_e.sql: line 2: "-- +migrate" without a word after it',
      ],
    });
  });

  test('is not taken for goose, nor for a tool whose marks stand beside it', async () => {
    expect((await readMemory({ '1_a.sql': UP, '2_b.sql': UP })).format).toBe('sql-migrate');
    const error = await getError({ '1_a.sql': UP, '2_b.sql': '-- +goose Up\n' });
    expect(error.code).toBe('FORMAT_AMBIGUOUS');
  });
});
