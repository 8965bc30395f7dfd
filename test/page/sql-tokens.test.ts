import { expect, test } from 'vitest';
import { getSqlTokens } from '../../src/page/sql-tokens.js';
import { createRandom } from '../support/histories.js';

const set = (sql: string): string[] =>
  getSqlTokens(sql).flatMap(({ kind, text }) => (kind === 'plain' ? [] : [`${kind} ${text}`]));

test.each([
  [
    `SELECT 'it''s', E'a\\'b', 'C:\\'`,
    ['keyword SELECT', "string 'it''s'", `string E'a\\'b'`, `string 'C:\\'`],
  ],
  [`-- a ''\ndrop table "a""b"`, ["comment -- a ''", 'keyword drop', 'keyword table', 'name "a""b"']],
  ["/* ' */ DEFAULT 1.5", ["comment /* ' */", 'keyword DEFAULT', 'number 1.5']],
  ['AS $x$ BEGIN $x$', ['keyword AS', 'string $x$', 'keyword BEGIN', 'string $x$']],
  ["'never ends", ["string 'never ends"]],
  ['c1 begins', []],
])('%s', (sql, expected) => {
  expect(set(sql)).toEqual(expected);
});

test('whatever the text, the tokens put together are the text', () => {
  const parts = [
    "'",
    '"',
    '--',
    '/*',
    '*/',
    '$$',
    '$a$',
    '\\',
    '\n',
    ' ',
    'select',
    '12',
    'é',
    '\u2028',
    '<b>',
  ];
  for (let seed = 0; seed < 500; seed += 1) {
    const random = createRandom(seed);
    const sql = Array.from({ length: random(40) }, () => parts[random(parts.length)]).join('');
    expect(
      getSqlTokens(sql)
        .map(({ text }) => text)
        .join(''),
    ).toBe(sql);
  }
});
