import { expect, test } from 'vitest';
import { getLockObject } from '../../src/postgres/queries.js';
import { renderIdentifier, renderLiteral, renderTextArray } from '../../src/postgres/quote.js';
import { renderWithoutPasswords } from '../../src/postgres/record-queries.js';

test('passwords are taken out of SQL, whatever quotes them', () => {
  for (const sql of [
    "create role r password 'hush''hush' login",
    "alter role r PASSWORD E'hu\\'hush'",
    'create role r password $x$hush$x$',
    "do $$ begin execute 'create role r password ''hush'''; end $$",
    "create user mapping for r server s options (user 'u', password 'hush')",
  ]) {
    expect(renderWithoutPasswords(sql)).not.toContain('hush');
  }
  expect(renderWithoutPasswords("create table t (password text default 'x')")).toContain("default 'x'");
});

test('quoting', () => {
  expect(renderIdentifier('a"b')).toBe('"a""b"');
  expect(renderLiteral("a'b\\c")).toBe("E'a''b\\\\c'");
  expect(renderLiteral(null)).toBe('NULL');
  expect(renderTextArray(['a"b', 'c,d', "e'f"])).toBe(`E'{"a\\\\"b","c,d","e''f"}'::text[]`);
});

test('the lock’s key is the same for ever: two versions of Plinth must meet', () => {
  expect(getLockObject('plinth')).toBe(-214432320);
});
