import { describe, expect, test } from 'vitest';
import { PlinthError } from '../../src/errors.js';
import type { History } from '../../src/model/history.js';
import { parseHistory } from '../../src/sql/statements.js';
import { createHistory, parseOne } from '../support/histories.js';

const MAIN = 'create table é ();\n\\i b.sql\ncreate table c ();\n';
const B = '-- b\n  create table b ();\ncopy b from stdin;\n\n\n\\.\n';

/** `b.sql` between the two statements of `a.sql`. */
function createIncluding(b = B): History {
  const text = MAIN + b;
  const start = MAIN.length;
  const rows = text.indexOf(';\n\n') + 2;
  const regions = [
    { start: 0, end: MAIN.indexOf('\\i') },
    b === B ? { start, end: rows, rows: { start: rows, end: rows + 2 } } : { start, end: text.length },
    { start: MAIN.indexOf('create table c'), end: MAIN.length },
  ];
  return createHistory({ 'a.sql': { text, included: [{ name: 'dir/b.sql', start }], regions } });
}

describe('a migration that includes a file', () => {
  test('runs the statements in their order, each with its place in its own file', async () => {
    const statements = await parseHistory(createIncluding());
    expect(statements.map(({ file, line, column, sql }) => [file, line, column, sql])).toEqual([
      [undefined, 1, 1, 'create table é ()'],
      ['dir/b.sql', 2, 3, 'create table b ()'],
      ['dir/b.sql', 3, 1, 'copy b from stdin'],
      [undefined, 3, 1, 'create table c ()'],
    ]);
    expect(statements[2]!.rows?.text).toBe('\n\n');
    expect(statements.map(({ rows }) => rows === undefined)).toEqual([true, true, false, true]);
  });

  test('has its errors in the included file', async () => {
    const error = await parseHistory(createIncluding('one;\n  create tabel b ();\n')).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(PlinthError);
    expect((error as PlinthError).args).toMatchObject({
      problems: [
        {
          place: {
            file: 'dir/b.sql',
            line: 1,
            column: 1,
            excerpt: [
              [1, 'one;'],
              [2, '  create tabel b ();'],
            ],
          },
        },
      ],
    });
  });
});

test('the rows behind a COPY count in its digest, their line ends do not', async () => {
  const getDigest = async (rows: string): Promise<string> => {
    const sql = 'copy t from stdin;\n';
    const region = { start: 0, end: sql.length, rows: { start: sql.length, end: sql.length + rows.length } };
    return (await parseOne({ text: sql + rows, regions: [region] })).digest;
  };
  expect(await getDigest('1\n2\n')).toBe(await getDigest('1\r\n2\r\n'));
  expect(await getDigest('1\n2\n')).not.toBe(await getDigest('1\n3\n'));
  expect(await getDigest('')).not.toBe(await getDigest('\n'));
});
