import { expect, test } from 'vitest';
import { renderDefaultsUndone } from '../../src/sql/default-privileges.js';
import { parseOne } from '../support/histories.js';

test.each([
  [
    'alter default privileges for role a, current_user in schema s, "Odd" grant select, insert on tables to x, public with grant option',
    'ALTER DEFAULT PRIVILEGES FOR ROLE "a", CURRENT_USER IN SCHEMA "s", "Odd" REVOKE SELECT, INSERT ON TABLES FROM "x", PUBLIC',
  ],
  [
    'alter default privileges grant all on sequences to x',
    'ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM "x"',
  ],
  [
    'alter default privileges revoke execute on functions from public, x',
    'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC',
  ],
  // Nothing was there to take: to give it back would be to give it.
  ['alter default privileges revoke select on tables from x', null],
  ['alter default privileges in schema s revoke execute on functions from public', null],
  ['grant select on t to x', null],
])('%s is taken back by %s', async (sql, undone) => {
  expect(renderDefaultsUndone(await parseOne(sql))).toBe(undone);
});
