import { expect, test } from 'vitest';
import { getError, getPassedOver, getSql, readMemory } from './memory.js';

const HEAD = '--\n-- PostgreSQL database dump\n--\n\n';

test('a single dump is a history of one, whatever it is called, and keeps its id', async () => {
  for (const name of ['structure.sql', '20240102030405_dump.SQL', 'db/schema.sql']) {
    const history = await readMemory({
      [name]: `${HEAD.replaceAll('\n', '\r\n')}CREATE TABLE a ();`,
      'x.md': '',
    });
    expect(history.format).toBe('pg_dump');
    expect(history.migrations.map(({ id, name: path }) => [id, path])).toEqual([['dump', name]]);
    expect(getPassedOver(history)).toEqual({ 'x.md': 'not-sql' });
  }
});

test.each([
  ['goose', { '00001_a.sql': `-- +goose Up\n${HEAD}SELECT 1;` }],
  ['dbmate', { '1_a.sql': `-- migrate:up\n${HEAD}SELECT 1;\n-- migrate:down\n` }],
  ['flyway', { 'V1__a.sql': `${HEAD}SELECT 1;` }],
  ['golang-migrate', { '000001_a.up.sql': `${HEAD}SELECT 1;` }],
  ['plain', { '1_a.sql': `${HEAD}SELECT 1;`, '2_b.sql': 'SELECT 2;' }],
  ['plain', { '1_a.sql': 'SELECT 1;' }],
])('a dump that another tool owns stays with %s', async (format, files) => {
  expect((await readMemory(files)).format).toBe(format);
});

test('what is about the database itself, or about the session of a restore, is left out, and nothing else', async () => {
  const history = await readMemory({
    'a.sql': `${HEAD}set  lock_timeout=0 ;
SET lock_timeout = 5;
GRANT ALL ON SCHEMA app TO "my database";
GRANT CONNECT ON DATABASE a TO PUBLIC;
SELECT ' ALTER DATABASE a', $$
CREATE SCHEMA public;
$$;
DROP VIEW v;
CREATE SCHEMA public_too;
DROP VIEW w;
`,
  });
  expect(getSql(history)[0]!.map((sql) => sql.replace(/^--.*\n/gm, '').trim())).toEqual([
    'SET lock_timeout = 5;\nGRANT ALL ON SCHEMA app TO "my database";',
    "SELECT ' ALTER DATABASE a', $$\nCREATE SCHEMA public;\n$$;",
    'CREATE SCHEMA public_too;\nDROP VIEW w;',
  ]);
});

test.each([
  ['two databases', { 'a.sql': `${HEAD}\\connect a\n\\connect b\n` }, 'a.sql:6:1', 'another database'],
  ['a cluster', { 'a.sql': '--\n-- PostgreSQL database cluster dump\n--\n' }, 'a.sql', 'pg_dumpall'],
  ['a program', { 'a.sql': `${HEAD}\\! ls\n` }, 'a.sql:5:1', 'runs a program'],
])('a dump of %s is refused', async (_, files, file, words) => {
  const error = await getError(files);
  expect(error.args).toMatchObject({ file });
  expect(error.message).toContain(words);
});

test('of several dumps one must be chosen', async () => {
  const files = { 'a.sql': HEAD, 'b.sql': HEAD };
  const error = await getError(files, { format: 'pg_dump' });
  expect(error.message).toContain('b.sql: is another dump');
  expect((await getError({ 'a.sql': 'SELECT 1;' }, { format: 'pg_dump' })).code).toBe('FOLDER_EMPTY');
});
