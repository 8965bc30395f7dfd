import { describe, expect, it } from 'vitest';
import type { Migration } from '../../src/model/history.js';
import { parseHistory } from '../../src/sql/statements.js';
import { createHistory, parse } from '../support/histories.js';

async function getPlaces(text: string): Promise<string[]> {
  return (await parse(text)).map(({ line, column, sql }) => `${line}:${column} ${sql}`);
}

describe('the statements of a file', () => {
  it('stand where their first word stands, without comments before and semicolons after', async () => {
    const text = '-- first\n\n  create table a (); /* b */\n\tcreate table b ()\n;;\n  ; create table c ();';
    expect(await getPlaces(text)).toEqual([
      '3:3 create table a ()',
      '4:2 create table b ()',
      '6:5 create table c ()',
    ]);
  });

  it('have spans that cut their text out of the file', async () => {
    const text = '-- é 漢 😀\r\nselect \'é😀\';\r\n/* 漢 */ select 1 as "漢" -- 😀\r\n;select 2';
    const statements = await parse(text);
    expect(statements.map(({ start, end }) => text.slice(start, end))).toEqual([
      "select 'é😀'",
      'select 1 as "漢"',
      'select 2',
    ]);
    expect(statements.map(({ sql }) => sql)).toEqual(
      statements.map(({ start, end }) => text.slice(start, end)),
    );
    expect(statements.map(({ line, column }) => [line, column])).toEqual([
      [2, 1],
      [3, 9],
      [4, 2],
    ]);
  });

  it('are the same in a file of any length', async () => {
    const one = "/* 漢 */ select 'é😀', $$ ; $$ -- 😀\r\n;";
    const statements = await parse(one.repeat(5_000));
    expect(statements).toHaveLength(5_000);
    const [first] = statements;
    for (const { sql, digest, start, index } of statements) {
      expect([sql, digest, start]).toEqual([first!.sql, first!.digest, first!.start + index * one.length]);
    }
  });

  it('count columns in characters, also behind characters of two UTF-16 units and behind tabs', async () => {
    expect(await getPlaces("select '😀😀漢é'; select 2;\tselect 3")).toEqual([
      "1:1 select '😀😀漢é'",
      '1:16 select 2',
      '1:26 select 3',
    ]);
  });

  it.each([
    ['without a semicolon', 'select 1;\nselect 2', 'select 2'],
    ['in a comment to the end of the line', 'select 1;\nselect 2 -- done; really', 'select 2'],
    ['in a comment after the semicolon', 'select 1;\nselect 2; -- done', 'select 2'],
    ['in a block comment', 'select 1;\nselect 2 /* ; */', 'select 2'],
    ['with CRLF', 'select 1;\r\nselect 2;\r\n', 'select 2'],
    ['with several semicolons', 'select 1;\nselect 2;;;\n;', 'select 2'],
  ])('end %s', async (_name, text, last) => {
    const statements = await parse(text);
    expect(statements).toHaveLength(2);
    expect(statements.at(-1)).toMatchObject({ line: 2, column: 1, sql: last });
  });

  it('keep comments and semicolons that are inside of them', async () => {
    const body = 'create function f() returns int language sql as $$ select 1; -- é;\n select 2; $$';
    const [first, second] = await parse(`${body};\nselect /* ; */ 1, ';'`);
    expect(first!.sql).toBe(body);
    expect(second).toMatchObject({ line: 3, column: 1, sql: "select /* ; */ 1, ';'" });
  });

  it('do not count BEGIN, COMMIT and savepoints', async () => {
    const text = 'begin;\nselect 1;\nsavepoint s;\nrelease s;\ncommit;\nstart transaction;\nselect 2;\nend;';
    const statements = await parse(text);
    expect(statements.map(({ sql, index, line }) => [sql, index, line])).toEqual([
      ['select 1', 0, 2],
      ['select 2', 1, 7],
    ]);
  });

  it('tell the blocks of a file that runs outside of a transaction, and of no other', async () => {
    const text =
      'select 1; begin; select 2; select 3; commit and chain; select 4; end; select 5; begin; begin; select 6;';
    const getBlocks = async (transaction: 'each' | 'none') =>
      (await parse({ text, transaction })).map(({ block }) => block);
    expect(await getBlocks('none')).toEqual([undefined, 1, 1, 2, undefined, 3]);
    expect(await getBlocks('each')).toEqual(Array(6).fill(undefined));
  });

  it.each([
    ['an empty file', ''],
    ['blanks', ' \r\n\t\n'],
    ['comments', '-- nothing yet\n/* nor here */'],
    ['semicolons', ';;\n;'],
    ['a transaction around nothing', 'begin;\ncommit;'],
  ])('are none in %s', async (_name, text) => {
    expect(await parse(text)).toEqual([]);
  });

  it('are numbered through the history and in their file, around files without any', async () => {
    const history = createHistory({ a: 'select 1; select 2', b: '-- none', c: 'select 3' });
    const statements = await parseHistory(history);
    expect(statements.map(({ ordinal, migration, index }) => [ordinal, migration, index])).toEqual([
      [0, 0, 0],
      [1, 0, 1],
      [2, 2, 0],
    ]);
  });
});

describe('regions of a file', () => {
  const MARK = '--> statement-breakpoint';

  function splitAtMarks(text: string): Pick<Migration, 'text' | 'regions'> {
    const regions: { start: number; end: number }[] = [];
    let start = 0;
    for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, start)) {
      regions.push({ start, end: at });
      start = at + MARK.length;
    }
    return { text, regions: [...regions, { start, end: text.length }] };
  }

  it('are parsed each on its own, so that a breakpoint stands for a semicolon', async () => {
    const text = `create table "é" ()\n${MARK}\ncreate table b ();${MARK}\ncreate table c () -- end`;
    const statements = await parse(splitAtMarks(text));
    expect(statements.map(({ line, column, sql }) => `${line}:${column} ${sql}`)).toEqual([
      '1:1 create table "é" ()',
      '3:1 create table b ()',
      '4:1 create table c ()',
    ]);
    expect(statements.map(({ index }) => index)).toEqual([0, 1, 2]);
    for (const { start, end, sql } of statements) expect(text.slice(start, end)).toBe(sql);
  });

  it('leave out what is between them', async () => {
    const text = '-- +up\nselect 1;\n-- +down\nthis is no SQL;';
    const regions = [{ start: 6, end: text.indexOf('-- +down') }];
    expect((await parse({ text, regions })).map(({ sql, line }) => [sql, line])).toEqual([['select 1', 2]]);
  });
});
