import { beforeAll, expect, test } from 'vitest';
import { isSameSql, loadParser } from '../../src/sql/same-sql.js';

beforeAll(loadParser);

test('parentheses and blanks do not count', () => {
  expect(isSameSql('expression', '(a + 1)', 'a+1')).toBe(true);
  expect(isSameSql('constraint', 'CHECK ((a > 0))', 'CHECK (a>0)')).toBe(true);
  expect(isSameSql('index', 'UNIQUE USING btree (lower(a))', 'UNIQUE USING btree ((lower(a)))')).toBe(true);
});

test('the name of the only table of a query before a column does not count', () => {
  expect(
    isSameSql('query', 'SELECT t.a FROM public.t WHERE t.b > 0', 'SELECT a FROM public.t WHERE b > 0'),
  ).toBe(true);
  expect(isSameSql('query', 'SELECT x.a FROM public.t x', 'SELECT a FROM public.t x')).toBe(true);
});

test('the name of one of two tables counts', () => {
  expect(isSameSql('query', 'SELECT t.a FROM t, u', 'SELECT u.a FROM t, u')).toBe(false);
});

test('a query in a query may name the outer table', () => {
  const inner = 'SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)';
  expect(isSameSql('query', inner, inner.replace('SELECT a', 'SELECT t.a'))).toBe(true);
  expect(isSameSql('query', inner, inner.replace('= t.id', '= v.id'))).toBe(false);
});

test.each([
  ['policy', 'PERMISSIVE FOR ALL TO PUBLIC USING ((a = 1))', 'PERMISSIVE FOR ALL TO PUBLIC USING ((a = 2))'],
  ['partition key', 'RANGE (lower(a))', 'RANGE (upper(a))'],
  ['statistics', '(dependencies) ON a, b FROM t', '(ndistinct) ON a, b FROM t'],
  ['function body', 'RETURN (a + 1)', 'RETURN (a + 2)'],
  ['signature', '(a integer DEFAULT 1) RETURNS integer', '(a integer DEFAULT 2) RETURNS integer'],
  [
    'statement',
    'CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING',
    'CREATE RULE r AS ON DELETE TO t DO NOTHING',
  ],
] as const)('of a %s what it says counts', (piece, one, other) => {
  expect(isSameSql(piece, one, one)).toBe(true);
  expect(isSameSql(piece, one, other)).toBe(false);
});

test('what does not parse is not the same as anything', () => {
  expect(isSameSql('expression', 'a +', 'a +')).toBe(false);
});
