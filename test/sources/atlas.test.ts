import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Files, getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

/** The files with the `atlas.sum` that Atlas would write. */
function withSum(files: Readonly<Record<string, string>>): Record<string, string> {
  const sum = createHash('sha256');
  const hashes = Object.keys(files)
    .sort()
    .filter((name) => name.endsWith('.sql') && !name.includes('/'))
    .map((name) => {
      const hash = sum.update(name).update(files[name]!).copy().digest('base64');
      return [name, hash] as const;
    });
  const total = hashes.reduce((all, [name, hash]) => all.update(name).update(hash), createHash('sha256'));
  const lines = [`h1:${total.digest('base64')}`, ...hashes.map(([name, hash]) => `${name} h1:${hash}`)];
  return { ...files, 'atlas.sum': `${lines.join('\n')}\n` };
}

describe('atlas', () => {
  test('orders by name, bytewise, and takes what stands before the first underscore as id', async () => {
    const history = await readMemory(
      withSum({ '9_b.sql': '', '10.sql': '', '20240101000000_a_b.sql': '', 'more/1.sql': '', '11_c.go': '' }),
    );
    expect(history.format).toBe('atlas');
    expect(getIds(history)).toEqual(['10', '20240101000000', '9']);
    expect(getPassedOver(history)).toEqual({
      'atlas.sum': 'tool-metadata',
      'more/1.sql': 'subfolder',
      '11_c.go': 'code-step',
    });
  });

  test.each([
    ['-- atlas:txmode none\n\nSELECT 1;', 'none'],
    ['-- a title\n-- atlas:txmode none\n \t\nSELECT 1;', 'none'],
    ['-- atlas:txmode none\r\n\r\nSELECT 1;', 'none'],
    ['-- atlas:txmode none', 'none'],
    ['-- atlas:txmode file\n\nSELECT 1;', 'each'],
    ['-- atlas:txmode none\nSELECT 1;', 'each'],
    ['\n-- atlas:txmode none\n\nSELECT 1;', 'each'],
    ['SELECT 1;\n-- atlas:txmode none\n', 'each'],
  ])('%j runs with the transaction %s', async (text, transaction) => {
    const { migrations } = await readMemory(withSum({ '1.sql': text }));
    expect(migrations[0]!.transaction).toBe(transaction);
  });

  test('begins at the last checkpoint, as on a new database', async () => {
    const checkpoint = '-- atlas:checkpoint\n\nSELECT 1;';
    const history = await readMemory(
      withSum({ '1.sql': '', '2.sql': checkpoint, '3.sql': checkpoint, '4.sql': '' }),
    );
    expect(getIds(history)).toEqual(['3', '4']);
    expect(getPassedOver(history)).toMatchObject({
      '1.sql': 'before-checkpoint',
      '2.sql': 'before-checkpoint',
    });
  });

  test('cuts at a delimiter that the first line sets', async () => {
    const history = await readMemory(
      withSum({
        '1.sql': "-- atlas:delimiter \\n\\n\nSELECT '\n\n'\n\nSELECT (\n\n2) -- no end\n\n, 3\n\nSELECT 4",
        '2.sql': '-- a title\n-- atlas:delimiter \\n\\n\n\nSELECT 5;',
        '3.sql':
          '-- atlas:txtar\n\n-- migration.sql --\n-- atlas:delimiter //\nSELECT 6;//\n-- other.sql --\n',
      }),
    );
    expect(getSql(history)).toEqual([
      ["SELECT '\n\n'", 'SELECT (\n\n2) -- no end\n\n, 3', 'SELECT 4'],
      ['-- a title\n-- atlas:delimiter \\n\\n\n\nSELECT 5;'],
      ['SELECT 6;'],
    ]);
  });

  test('tells all that Atlas would refuse at once', async () => {
    const error = await getError(
      withSum({
        '1_a.sql': '-- atlas:txmode all\n\n',
        '2_b.sql': '-- atlas:txmode none\n-- atlas:txmode none\n\n',
        '3_c.sql': '-- atlas:txtar\n\n-- checks.sql --\n',
        '4_d.sql': '-- atlas:delimiter\nSELECT 1;',
        '4_e.sql': '',
      }),
    );
    expect(error.args).toEqual({
      problems: [
        'version 4 stands in 2 files: 4_d.sql, 4_e.sql',
        '1_a.sql: "-- atlas:txmode all": a file can have "none" or "file"',
        '2_b.sql: "-- atlas:txmode" stands there twice',
        '3_c.sql: "-- atlas:txtar", but no "-- migration.sql --"',
        '4_d.sql: "-- atlas:delimiter" without a delimiter',
      ],
    });
  });
});

describe('atlas.sum', () => {
  const files = { '1_a.sql': 'SELECT 1;', '2_b.sql': 'SELECT 2;\r\n', '3_c.sql': '-- atlas:sum x\n' };
  const sum = withSum(files)['atlas.sum']!;

  test.each<[string, Files, string]>([
    ['a changed file', { '2_b.sql': 'SELECT 2;\n' }, '2_b.sql was changed'],
    ['a byte order mark', { '1_a.sql': '\uFEFFSELECT 1;' }, '1_a.sql was changed'],
    ['a new file', { '20_a.sql': '' }, '20_a.sql was added'],
    ['a new file at the end', { '4_d.sql': '' }, '4_d.sql was added'],
    ['a merge', { 'atlas.sum': sum.replace(/^3.*\n/m, '') }, 'its first line does not fit the others'],
  ])('does not fit %s', async (_, changed, problem) => {
    const error = await getError({ ...files, 'atlas.sum': sum, ...changed });
    expect(error.code).toBe('CHECKSUM_MISMATCH');
    expect(error.message).toContain(`atlas.sum does not fit the migrations: ${problem}`);
    expect(error.hint).toContain('atlas migrate hash');
  });

  test('does not fit a file that is gone, nor several things at once', async () => {
    const gone = await getError({
      '1_a.sql': files['1_a.sql'],
      '3_c.sql': files['3_c.sql'],
      'atlas.sum': sum,
    });
    expect(gone.message).toContain(': 2_b.sql is gone');
    const several = await getError({ '1_a.sql': '', '3_d.sql': '', 'atlas.sum': sum });
    expect(several.message).toContain(
      '1_a.sql was changed, 3_d.sql was added, 2_b.sql is gone, 3_c.sql is gone',
    );
  });

  test('is needed, and must be readable', async () => {
    const missing = await getError({ '1.sql': '' }, { format: 'atlas' });
    expect(missing.message).toBe('atlas.sum: is missing');
    const conflict = await getError({ '1.sql': '', 'atlas.sum': 'h1:x\n<<<<<<< HEAD\n' });
    expect(conflict.message).toBe('atlas.sum: line 2: neither a file nor its hash (h1:…)');
  });

  test('counts a file that says so by its name only', async () => {
    const ignored = { '1_a.sql': '-- atlas:sum ignore\nSELECT 1;', '2_b.sql': 'SELECT 2;' };
    const hash = createHash('sha256')
      .update('1_a.sql')
      .update('2_b.sql')
      .update('SELECT 2;')
      .digest('base64');
    const total = createHash('sha256').update('2_b.sql').update(hash).digest('base64');
    const history = await readMemory({ ...ignored, 'atlas.sum': `h1:${total}\n2_b.sql h1:${hash}\n` });
    expect(getIds(history)).toEqual(['1', '2']);
  });

  test.each<[string, Files]>([
    ['goose', { '1_a.sql': '-- +goose Up\nSELECT 1;\n-- +goose Down\n', 'atlas.sum': 'h1:\n1_a.sql h1:x\n' }],
    ['golang-migrate', { '1_a.up.sql': '', '1_a.down.sql': '', 'atlas.sum': 'h1:\n1_a.up.sql h1:x\n' }],
    ['flyway', { 'V1__a.sql': '', 'atlas.sum': 'h1:\nV1__a.sql h1:x\n' }],
    ['dbmate', { '1_a.sql': '-- migrate:up\n-- migrate:down\n', 'atlas.sum': 'h1:\n1_a.sql h1:x\n' }],
  ])('beside files of %s leaves them to that tool', async (format, folder) => {
    expect((await readMemory(folder)).format).toBe(format);
  });
});
