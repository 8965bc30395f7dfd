import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { renderExcerpt } from '../../src/report/excerpt.js';
import { getKindWords } from '../../src/report/kind-words.js';
import { cut, renderBytes, renderDuration, renderList } from '../../src/report/measure.js';
import { redact } from '../../src/report/redact.js';
import { renderSqlSummary } from '../../src/report/sql-summary.js';
import { getStyle, PLAIN } from '../../src/report/style.js';

describe('kinds in words', () => {
  test.each([
    ['CreateStmt', 'CREATE TABLE t ()', 'CREATE TABLE'],
    ['IndexStmt', 'CREATE UNIQUE INDEX i ON t (a)', 'CREATE INDEX'],
    ['CreateFunctionStmt', 'create or replace\n  procedure p()', 'CREATE PROCEDURE'],
    ['AlterTableStmt', 'ALTER INDEX i ATTACH PARTITION j', 'ALTER INDEX'],
    ['DropStmt', 'DROP MATERIALIZED VIEW v', 'DROP MATERIALIZED VIEW'],
    ['RenameStmt', 'ALTER TABLE t RENAME TO u', 'ALTER TABLE'],
    ['DefineStmt', 'CREATE AGGREGATE a (int) ()', 'CREATE AGGREGATE'],
    ['CreateTableAsStmt', 'CREATE TABLE t AS SELECT 1', 'CREATE TABLE AS'],
    ['CreateTableAsStmt', 'CREATE MATERIALIZED VIEW v AS SELECT 1', 'CREATE MATERIALIZED VIEW'],
    ['GrantStmt', 'REVOKE ALL ON t FROM public', 'REVOKE'],
    ['TransactionStmt', 'COMMIT', 'COMMIT'],
    ['VariableSetStmt', 'RESET ALL', 'RESET'],
    ['DropStmt', '', 'DROP'],
    ['CreatePropGraphStmt', '', 'CREATE PROP GRAPH'],
  ])('%s of %j is %s', (kind, sql, words) => {
    expect(getKindWords(kind, sql)).toBe(words);
  });

  test('every statement node of the parser has its words', () => {
    const types = createRequire(import.meta.url).resolve('@pgsql/types/package.json');
    const text = readFileSync(types.replace(/package\.json$/, 'types.d.ts'), 'utf8');
    const names = [...text.matchAll(/export interface (\w+Stmt)\b/g)].map((match) => match[1]!);
    const parts = ['PLAssignStmt', 'RawStmt', 'ReplicaIdentityStmt', 'ReturnStmt', 'SetOperationStmt'];
    const source = readFileSync(new URL('../../src/report/kind-words.ts', import.meta.url), 'utf8');
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !parts.includes(name) && !source.includes(`  ${name}: '`))).toEqual([]);
  });
});

describe('redact', () => {
  test.each([
    'postgres://user:hunter2@host:5432/db',
    'connect ECONNREFUSED postgresql://user:hunt@er2/hunter2@host/db now',
    'host=h password=hunter2 user=u',
    "host=h password='hunter2 hunter2'",
    'postgres://h/db?user=u&password=hunter2&sslmode=require',
    "CREATE ROLE r LOGIN PASSWORD 'hunter2'",
    "ALTER USER r PASSWORD  E'hun''hunter2'",
  ])('leaves no password in %s', (text) => {
    expect(redact(text)).not.toMatch(/hunter2|hunt@/);
    expect(redact(text)).toContain('***');
  });

  test.each(['postgres://user@host/db', 'postgres://host:5432/db', 'the password is wrong', 'a@b.c'])(
    'leaves %s as it is',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );
});

describe('a statement on one line', () => {
  test.each([
    ['CREATE TABLE t (\n a int\n);', 'CREATE TABLE t (…)'],
    ['CREATE TABLE "my ""(t)" (a int)', 'CREATE TABLE "my ""(t)" (…)'],
    ['CREATE TABLE p PARTITION OF t DEFAULT', 'CREATE TABLE p PARTITION OF t DEFAULT'],
    ["SELECT '-- no comment' -- a comment\n, 1", "SELECT '-- no comment' , 1"],
    [
      'CREATE FUNCTION f() RETURNS int AS $x$ -- a\n SELECT 1 $x$ LANGUAGE sql',
      'CREATE FUNCTION f() RETURNS int AS $$…$$ LANGUAGE sql',
    ],
    ['DO $$ -- a\nBEGIN PERFORM 1; END $$', 'DO BEGIN PERFORM 1; END'],
    ['SELECT /* a\n b */ 1', 'SELECT 1'],
    ["CREATE ROLE r PASSWORD 'x'", "CREATE ROLE r PASSWORD '***'"],
  ])('%j', (sql, line) => {
    expect(renderSqlSummary(sql)).toBe(line);
  });

  test('is cut to its width', () => {
    expect([...renderSqlSummary(`SELECT ${'a, '.repeat(200)}1`, 30)].length).toBeLessThanOrEqual(30);
  });
});

describe('an excerpt', () => {
  const readCaret = (text: string): string => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => /^ *\| +\^$/.test(line));
    return [...lines[at - 1]!][[...lines[at]!].indexOf('^')]!;
  };

  test.each([
    ['SELECT x', 8],
    ['\tSELECT\tx', 9],
    ["SELECT 'é😀ü', x", 15],
    [`SELECT ${'a'.repeat(500)}, x, ${'b'.repeat(500)}`, 510],
  ])('points at the column of %j', (text, column) => {
    const place = {
      file: 'a.sql',
      line: 2,
      column,
      excerpt: [
        [1, ''],
        [2, text],
        [3, 'end'],
      ] as const,
    };
    const shown = renderExcerpt(place, 80);
    expect(readCaret(shown)).toBe('x');
    for (const line of shown.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
  });
});

test('measures', () => {
  expect([renderDuration(40), renderDuration(3210), renderDuration(125_000)]).toEqual([
    '40 ms',
    '3.2 s',
    '2 min 5 s',
  ]);
  expect([renderBytes(5), renderBytes(3400), renderBytes(1_200_000)]).toEqual(['5 B', '3.4 kB', '1.2 MB']);
  expect(cut('äöü😀x', 4)).toBe('äöü…');
  expect(renderList(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{}, {}, false],
  [{}, { FORCE_COLOR: '1' }, true],
  [{}, { FORCE_COLOR: '0' }, false],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colours of %j with %j: %j', (stream, env, isColoured) => {
  const style = getStyle(stream, env);
  expect(style !== PLAIN && style.bad('x') !== 'x').toBe(isColoured);
});
