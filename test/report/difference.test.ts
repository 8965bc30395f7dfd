import { expect, test } from 'vitest';
import type { Difference } from '../../src/model/fact.js';
import { renderDifference, renderDifferences } from '../../src/report/difference-text.js';

const create = (
  kind: Difference['kind'],
  name: string,
  expected: string | null,
  found: string | null,
): Difference => ({ object: 'table public.t', kind, name, expected, found });

test.each([
  [create('missing', '', 'table', null), 'is missing'],
  [create('missing', '', 'view', 'table'), 'is a table, should be a view'],
  [create('column', 'total', 'numeric(10,2)', 'numeric'), 'column total is numeric, should be numeric(10,2)'],
  [create('column', 'note', 'text', null), 'column note is missing: text'],
  [create('column', 'mine', null, 'text'), 'column mine should not be there: text'],
  [create('not null', 'id', 'NOT NULL', null), 'column id lacks NOT NULL'],
  [create('not null', 'id', null, 'NOT NULL'), 'column id is NOT NULL, should not be'],
  [create('default', 'state', "'a'", "'b'"), "default of column state is 'b', should be 'a'"],
  [create('index', 't_a', '(a)', '(a) (invalid)'), 'index t_a is (a) (invalid), should be (a)'],
  [create('grant', 'clerk', 'INSERT, SELECT', 'SELECT'), 'clerk has SELECT, should have INSERT, SELECT'],
  [create('grant', 'PUBLIC', 'nothing', 'EXECUTE'), 'PUBLIC has EXECUTE, should have no rights'],
  [create('body', '', 'sha256:0', 'begin end'), 'its body is another one'],
  [create('comment', '', 'a', null), 'its comment is missing: a'],
  [create('comment', 'column id', 'a', 'b'), 'the comment on column id is b, should be a'],
  [create('row security', '', 'enabled', null), 'its row security is missing: enabled'],
  [create('owner', '', 'clerk', 'app'), 'its owner is app, should be clerk'],
  [create('column order', '', 'a, b', 'b, a'), 'its columns stand in the order b, a, should be a, b'],
])('%j is told as: %s', (difference, words) => {
  expect(renderDifference(difference)).toBe(words);
});

test('long texts are cut, and line breaks taken out', () => {
  const text = renderDifference(create('definition', '', ' SELECT a,\n    b', `SELECT ${'x, '.repeat(200)}`));
  expect(text).toContain('should be SELECT a, b');
  expect(text.length).toBeLessThan(220);
});

test('each object is named once, and what is too much is counted', () => {
  const missing = ['a', 'b', 'c'].map((name) => create('index', name, `(${name})`, null));
  expect(renderDifferences(missing, 2)).toBe(
    '  table public.t\n    index a is missing: (a)\n    index b is missing: (b)\n  and 1 more',
  );
});
