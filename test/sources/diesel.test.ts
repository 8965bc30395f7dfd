import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, readMemory } from './memory.js';

describe('diesel', () => {
  test('compares versions as text, with their dashes removed, and takes them as ids', async () => {
    const history = await readMemory({
      '2024-01-02-000000_c/up.sql': '',
      '20240101000000_b/up.sql': '',
      '00000000000000_diesel_initial_setup/up.sql': '',
      '9_last/up.sql': '',
      '10_a/up.sql': '',
      'unnumbered/up.sql': '',
    });
    expect(history.format).toBe('diesel');
    expect(getIds(history)).toEqual([
      '00000000000000',
      '10',
      '20240101000000',
      '20240102000000',
      '9',
      'unnumbered',
    ]);
    expect(history.migrations[3]!.name).toBe('2024-01-02-000000_c/up.sql');
  });

  test.each([
    ['run_in_transaction = true', 'each'],
    ['run_in_transaction = false', 'none'],
    ['# a comment\r\nrun_in_transaction=true\r\n', 'each'],
    ['# run_in_transaction = true', 'none'],
    ['', 'none'],
    ['run_in_transaction = "false"', 'each'],
  ])('with metadata.toml %j a migration runs with the transaction %s', async (settings, transaction) => {
    const history = await readMemory({ '1_a/up.sql': '', '1_a/metadata.toml': settings, '2_b/up.sql': '' });
    expect(history.format).toBe('diesel');
    expect(history.migrations.map((migration) => migration.transaction)).toEqual([transaction, 'each']);
  });

  test('tells all that Diesel would refuse at once', async () => {
    const error = await getError({
      '2024-01-01-000000_a/up.sql': '',
      '20240101000000_b/up.sql': '',
      '3_c/down.sql': '',
    });
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.args).toEqual({
      problems: [
        'version 20240101000000 stands in 2 files: 2024-01-01-000000_a/up.sql, 20240101000000_b/up.sql',
        '3_c: the folder has no up.sql',
      ],
    });
  });

  test('passes over what lies beside', async () => {
    const files = {
      '1_a/up.sql': '',
      '1_a/down.sql': '',
      '1_a/notes.sql': '',
      '1_a/old/up.sql': '',
      'schema.sql': '',
      '.diesel_lock': '',
    };
    expect((await getError(files)).code).toBe('FORMAT_AMBIGUOUS');
    const history = await readMemory(files, { format: 'diesel' });
    expect(getPassedOver(history)).toEqual({
      '1_a/down.sql': 'down-migration',
      '1_a/notes.sql': 'not-a-migration-name',
      '1_a/old/up.sql': 'not-a-migration-name',
      'schema.sql': 'not-a-migration-name',
      '.diesel_lock': 'hidden',
    });
  });

  test('has a place for folders with a program in them', async () => {
    const { codeSteps } = await readMemory({
      '2024-01-01-000000_a/up.sql': '',
      '20240102000000_b/mod.rs': '',
      '2024-01-03-000000_c/up.sql': '',
    });
    expect(codeSteps).toEqual([{ name: '20240102000000_b/mod.rs', before: 1 }]);
  });
});
