import { expect, test } from 'vitest';
import { getLastName } from '../../src/observe/tracker.js';

test.each([
  ['public.orders', 'orders'],
  ['orders', 'orders'],
  ['public."Odd Name"', 'Odd Name'],
  ['"a.b"."say ""x"" on y"', 'say "x" on y'],
  ['trg on public."T"', 'trg'],
  ['"my policy" on public.t', 'my policy'],
  ['for public.t."Odd Col"', 'Odd Col'],
  ['public.f(integer, public."Odd Type")', 'f'],
  ['public."Odd Function"()', 'Odd Function'],
  ['public.kind[]', 'kind[]'],
  ['(a AS b)', '(a AS b)'],
])('the last name of %s is %s', (identity, name) => {
  expect(getLastName(identity)).toBe(name);
});
