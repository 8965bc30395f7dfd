import { describe, expect, it } from 'vitest';
import { getStatementsDigest, parseHistory } from '../../src/sql/statements.js';
import { createHistory, parseOne } from '../support/histories.js';

const getDigest = async (sql: string): Promise<string> => (await parseOne(sql)).digest;

describe("a statement's digest", () => {
  const sql = "create table Orders (id int primary key, note text default 'A b' check (note <> E'\\n'))";

  it.each([
    ['line comments', (s: string) => s.replace('(id', '( -- the key; é\n id')],
    ['block comments', (s: string) => s.replace('int', '/* /* nested */ */ int')],
    ['comments before and after', (s: string) => `-- before\n${s} -- after`],
    ['white space', (s: string) => s.replaceAll(' ', ' \t ').replace("'A \t b'", "'A b'")],
    ['line ends', (s: string) => s.replace(', ', ',\n').replace('(id', '(\r\nid')],
    [
      'the case of keywords',
      (s: string) => s.replace('create table', 'CREATE Table').replace('primary key', 'PRIMARY KEY'),
    ],
    ['a semicolon', (s: string) => `${s};`],
  ])('stays the same under other %s', async (_name, change) => {
    expect(change(sql)).not.toBe(sql);
    expect(await getDigest(change(sql))).toBe(await getDigest(sql));
  });

  it.each([
    ['a name', (s: string) => s.replace('note', 'notes')],
    ['a type', (s: string) => s.replace('int', 'bigint')],
    ['the case of a literal', (s: string) => s.replace("'A b'", "'a b'")],
    ['the white space in a literal', (s: string) => s.replace("'A b'", "'A  b'")],
    ['an escape', (s: string) => s.replace("E'\\n'", "E'\\t'")],
    ['a word more', (s: string) => s.replace('create table', 'create table if not exists')],
    ['a word less', (s: string) => s.replace(' primary key', '')],
    ['quotes around a name', (s: string) => s.replace('Orders', '"Orders"')],
    ['the order of columns', (s: string) => s.replace('id int primary key, note text', 'note text, id int')],
  ])('changes with %s', async (_name, change) => {
    expect(change(sql)).not.toBe(sql);
    expect(await getDigest(change(sql))).not.toBe(await getDigest(sql));
  });

  it('does not put words together that stand apart', async () => {
    expect(await getDigest('select a b')).not.toBe(await getDigest('select ab'));
    expect(await getDigest("select 'a' 'b'".replace("' '", "'\n'"))).not.toBe(await getDigest("select 'ab'"));
  });

  it('counts the text of a body, but not its line ends', async () => {
    const body = 'create function f() returns int language sql as $$\n select 1 $$';
    expect(await getDigest(body.replaceAll('\n', '\r\n'))).toBe(await getDigest(body));
    expect(await getDigest(body.replace('1', '2'))).not.toBe(await getDigest(body));
    expect(await getDigest(body.replace(' 1', '  1'))).not.toBe(await getDigest(body));
  });
});

describe("a history's digest by meaning", () => {
  const getWhole = async (files: Readonly<Record<string, string>>) =>
    getStatementsDigest(await parseHistory(createHistory(files)));

  it('stays the same under comments and other names of files', async () => {
    expect(await getWhole({ b: '-- new\nselect 1;;', c: 'SELECT 2' })).toBe(
      await getWhole({ a: 'select 1', z: 'select 2' }),
    );
  });

  it('changes with the order of statements and with the file that they are in', async () => {
    const digest = await getWhole({ a: 'select 1; select 2', b: 'select 3' });
    expect(await getWhole({ a: 'select 2; select 1', b: 'select 3' })).not.toBe(digest);
    expect(await getWhole({ a: 'select 1', b: 'select 2; select 3' })).not.toBe(digest);
  });
});
