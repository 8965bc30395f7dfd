import { describe, expect, it } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import type { SourcePlace } from '../../src/model/finding.js';
import { parseHistory } from '../../src/sql/statements.js';
import { createHistory, type MigrationGiven } from '../support/histories.js';

async function getError(
  files: Readonly<Record<string, MigrationGiven>>,
): Promise<PlinthError<'SQL_INVALID'>> {
  const error = await parseHistory(createHistory(files)).catch((thrown: unknown) => thrown);
  if (!isPlinthError(error) || error.code !== 'SQL_INVALID') throw error;
  return error as PlinthError<'SQL_INVALID'>;
}

/** What stands above the caret. */
function getPointedAt({ line, column, excerpt }: SourcePlace): string {
  const text = excerpt.find(([number]) => number === line)![1];
  return [...text].slice(column - 1).join('');
}

describe('SQL that does not parse', () => {
  it('is told for all files of a history at once, with file, line and column', async () => {
    const { args, message } = await getError({
      '1.sql': 'select 1;\ncreate tabel a ();\n',
      '2.sql': 'create table fine ();',
      '3.sql': "-- é\r\nselect 'é漢😀', from;\r\n",
    });
    expect(args.problems.map(({ place }) => `${place.file}:${place.line}:${place.column}`)).toEqual([
      '1.sql:2:8',
      '3.sql:2:15',
    ]);
    expect(message).toContain('1.sql:2:8: syntax error at or near "tabel"');
    expect(message).toContain('3.sql:2:15: syntax error at or near "from"');
  });

  it('has its caret below the character, also behind wide ones and tabs', async () => {
    const { message } = await getError({ 'a.sql': "select 1;\n\tselect '漢😀', frm frm frm;\nselect 3;" });
    const lines = message.split('\n');
    const at = lines.findIndex((line) => line.trimEnd().endsWith('^'));
    const caret = [...lines[at]!].length - 1;
    expect([...lines[at - 1]!].slice(caret).join('')).toBe('frm;');
  });

  it.each([
    ['the first word', 'crate table a ()', 'crate table a ()'],
    ['behind é, 漢 and 😀', "select 'é漢😀' 'x', 1 1", "'x', 1 1"],
    ['in a later line with CRLF', 'select 1;\r\nselect 2;\r\nselect (3;', ';'],
    ['a first word of two bytes', 'é é', 'é é'],
    ['an open string', "select 1, 'abc", "'abc"],
    ['an open body', 'do $$ begin', '$$ begin'],
    ['an open comment', 'select 1 /* abc', '/* abc'],
  ])('is pointed at: %s', async (_name, text, rest) => {
    const { args } = await getError({ a: text });
    expect(getPointedAt(args.problems[0]!.place)).toBe(rest);
  });

  it('at the end of the text is shown at the end', async () => {
    const { args } = await getError({ a: 'select 1;\ncreate table a (' });
    expect(args.problems[0]!.place).toMatchObject({ line: 2, column: 17 });
  });

  it('behind a placeholder is shown where it stands in the file', async () => {
    const text = `select \${long}, frm frm frm;`;
    const substitutions = [{ start: 7, end: 14, text: "'a value\nof two lines'" }];
    const { args } = await getError({ a: { text, substitutions } });
    expect(getPointedAt(args.problems[0]!.place)).toBe('frm;');
  });

  it('made by the value of a placeholder is shown at the placeholder', async () => {
    const text = `create table \${name} ();`;
    const substitutions = [{ start: 13, end: 20, text: 'two words' }];
    const { args } = await getError({ a: { text, substitutions } });
    expect(args.problems[0]!.place).toMatchObject({ line: 1, column: 14 });
  });

  it('is told for each region of a file', async () => {
    const text = 'selec 1\n-- break\nselec 2';
    const regions = [
      { start: 0, end: 8 },
      { start: 17, end: text.length },
    ];
    const { args } = await getError({ a: { text, regions } });
    expect(args.problems.map(({ place }) => place.line)).toEqual([1, 3]);
  });

  it('of psql is told as what it is: no SQL', async () => {
    const { args } = await getError({ a: 'create table a ();\n\\copy a from stdin\n' });
    expect(args.problems.map(({ place }) => [place.line, place.column])).toEqual([[2, 1]]);
  });
});
