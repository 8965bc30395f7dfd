// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Flyway and goose
import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const up = (sql: string) => `-- +goose Up\n${sql}\n-- +goose Down\nDROP TABLE x;\n`;

describe('goose', () => {
  test('orders by number and takes the number as id', async () => {
    const history = await readMemory({
      '00010_b.sql': up('SELECT 10;'),
      '0009_a.sql': up('SELECT 9;'),
      '100_c.sql': up('SELECT 100;'),
    });
    expect(history.format).toBe('goose');
    expect(getIds(history)).toEqual(['9', '10', '100']);
    expect(getSql(history)).toEqual([['SELECT 9;'], ['SELECT 10;'], ['SELECT 100;']]);
  });

  test('reads marks in any case, with CRLF, a byte order mark and without the space', async () => {
    const history = await readMemory({
      '1_a.sql':
        '\uFEFF-- a title\r\n--+goose UP\r\nSELECT 1\r\n-- the end\r\n-- +goose down\r\nSELECT 2;\r\n',
    });
    expect(getSql(history)).toEqual([['SELECT 1\r\n-- the end']]);
    expect(history.migrations[0]!.text.startsWith('-- a title')).toBe(true);
  });

  test('leaves statement marks in the up part and reads NO TRANSACTION wherever it stands', async () => {
    const body = '-- +goose StatementBegin\nDO $$ BEGIN; END $$;\n-- +goose StatementEnd';
    const history = await readMemory({ '1_a.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n${body}` });
    expect(getSql(history)).toEqual([[body]]);
    expect(history.migrations[0]!.transaction).toBe('none');
  });

  test('keeps a migration whose up part is empty', async () => {
    const history = await readMemory({ '1_a.sql': '-- +goose Up\n\n-- +goose Down\n' });
    expect(history.migrations[0]!.regions).toHaveLength(1);
    expect(getSql(history)).toEqual([['']]);
  });

  test('says what each other file is', async () => {
    const history = await readMemory({
      '1_a.sql': up(''),
      '2_b.go': 'package m',
      '2_b_test.go': 'package m',
      'helpers.go': 'package m',
      'seed.sql': 'SELECT 1;',
      '0_zero.sql': up(''),
      '99999999999999999999_large.sql': up(''),
      'old/1_a.sql': up(''),
      '.keep': '',
      'README.md': '',
      'plinth.lock.json': '{}',
    });
    expect(getIds(history)).toEqual(['1']);
    expect(getPassedOver(history)).toEqual({
      '2_b.go': 'code-step',
      '2_b_test.go': 'not-sql',
      'helpers.go': 'not-sql',
      'seed.sql': 'not-a-migration-name',
      '0_zero.sql': 'not-a-migration-name',
      '99999999999999999999_large.sql': 'not-a-migration-name',
      'old/1_a.sql': 'subfolder',
      '.keep': 'hidden',
      'README.md': 'not-sql',
      'plinth.lock.json': 'tool-metadata',
    });
  });

  test.each([
    ['no up mark', '-- +goose Down\nSELECT 1;', /without "-- \+goose Up"/],
    ['nothing at all', '', /there is no "-- \+goose Up" line/],
    ['SQL before the up mark', 'SELECT 1;\n-- +goose Up\n', /line 1: SQL before/],
    ['a block comment before the up mark', '/* x */\n-- +goose Up\n', /line 1: SQL before/],
    ['two up marks', '-- +goose Up\n-- +goose Up\n', /line 2: a second/],
    ['an unknown annotation', '-- +goose Up\n-- +goose Sideways\n', /does not know/],
    ['an indented annotation', '-- +goose Up\n  -- +goose Down\n', /does not know/],
    ['an open statement', '-- +goose Up\n-- +goose StatementBegin\nSELECT 1;', /StatementEnd" is missing/],
    [
      'an open statement before down',
      '-- +goose Up\n-- +goose StatementBegin\n-- +goose Down\n',
      /before "-- \+goose StatementEnd/,
    ],
    ['a closed one that never opened', '-- +goose Up\n-- +goose StatementEnd\n', /without StatementBegin/],
    ['a statement before the up mark', '-- +goose StatementBegin\n', /out of place/],
  ])('refuses a file with %s', async (_, text, problem) => {
    const error = await getError({ '1_a.sql': text }, { format: 'goose' });
    expect(error.code).toBe('HISTORY_MALFORMED');
    expect(error.message).toMatch(problem);
  });

  test('refuses a version that stands twice, as SQL or as Go', async () => {
    const twice = await getError({ '01_a.sql': up(''), '1_b.sql': up('') });
    expect(twice.code).toBe('VERSION_DUPLICATE');
    expect(twice.args).toEqual({ version: '1', files: ['01_a.sql', '1_b.sql'] });
    expect((await getError({ '1_a.sql': up(''), '01_b.go': '' })).code).toBe('VERSION_DUPLICATE');
  });

  test('puts values in place between ENVSUB ON and OFF only', async () => {
    const lines = [
      '-- +goose Up',
      'SELECT $A;',
      '-- +goose ENVSUB ON',
      'SELECT $A, ${A}, ${B:-two}, ${A:-x}, $$, \\$A;',
      '-- only a comment: $C',
      '-- +goose ENVSUB OFF',
      'SELECT ${A};',
      '-- +goose Down',
    ];
    const history = await readMemory({ '1_a.sql': lines.join('\n') }, { placeholders: { A: 'one' } });
    const [sql] = getSql(history)[0]!;
    expect(sql!.split('\n')).toEqual([
      'SELECT $A;',
      '-- +goose ENVSUB ON',
      'SELECT one, one, two, one, $, $A;',
      '-- only a comment: $C',
      '-- +goose ENVSUB OFF',
      'SELECT ${A};',
    ]);
  });

  test('names the environment variables without a value, and a "$" that goose cannot read', async () => {
    const file = (sql: string) => `-- +goose Up\n-- +goose ENVSUB ON\n${sql}\n`;
    const missing = await getError({ '1_a.sql': file('SELECT ${A};'), '2_b.sql': file('SELECT $B;') });
    expect(missing.args).toEqual({
      missing: [
        { name: 'A', places: ['1_a.sql:3'] },
        { name: 'B', places: ['2_b.sql:3'] },
      ],
    });
    expect((await getError({ '1_a.sql': file('SELECT $1;') })).code).toBe('HISTORY_MALFORMED');
  });
});
