import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HistoryOptions, resolveHistoryOptions } from '../../src/options.js';
import { getBareStatements, prepare } from '../../src/run/prepare.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-kept-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function readStatements(options: HistoryOptions) {
  return await getBareStatements(await prepare(resolveHistoryOptions(options, {}), {}));
}

async function createFolder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(dir, name));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

const readKeptNames = async (cacheDir: string): Promise<readonly string[]> =>
  (await readdir(cacheDir).catch(() => [])).filter((name) => name.endsWith('.statements.json'));

test('statements that are kept are those that were parsed', async () => {
  const psql = join(FIXTURES, 'plain/psql/input');
  const goose = await createFolder('goose-', {
    '1_a.sql':
      '-- +goose NO TRANSACTION\n-- +goose Up\nbegin; create table "É" (id int); commit;\ncreate index concurrently i on "É" (id);',
    '2_b.sql': "-- +goose Up\nset search_path = a;\nalter table t owner to boss; select 'ü' -- end\n;",
  });
  const flyway = await createFolder('flyway-', {
    'V1__a.sql': `create table \${name}s (note text default '\${text}');\ninsert into \${name}s values ('\${text}');`,
    'R__b.sql': 'create or replace view v as select 1;',
  });
  const all: readonly HistoryOptions[] = [
    { migrations: psql, set: { default_name: "it's" } },
    { migrations: goose },
    { migrations: flyway, set: { name: 'thing', text: 'a; b' } },
  ];
  const cacheDir = await mkdtemp(join(dir, 'cache-'));
  for (const [at, options] of all.entries()) {
    const parsed = await readStatements({ ...options, cacheDir });
    expect(parsed.length).toBeGreaterThan(1);
    expect(await readKeptNames(cacheDir)).toHaveLength(at + 1);
    const kept = await readStatements({ ...options, cacheDir });
    expect(kept).toEqual(parsed);
    expect(await readStatements({ ...options, cacheDir: false })).toEqual(parsed);
  }
});

test('of a history that is another one by a word nothing is taken', async () => {
  const cacheDir = await mkdtemp(join(dir, 'cache-'));
  const migrations = await createFolder('goose-', { '1_a.sql': '-- +goose Up\ncreate table a (id int);' });
  await readStatements({ migrations, cacheDir });
  await writeFile(join(migrations, '1_a.sql'), '-- +goose Up\n\ncreate table b (id int);');
  const [statement] = await readStatements({ migrations, cacheDir });
  expect(statement).toMatchObject({ sql: 'create table b (id int)', line: 3 });
  expect(await readKeptNames(cacheDir)).toHaveLength(2);
});

test('statements that do not stand in the file as they are sent are not kept', async () => {
  const cacheDir = await mkdtemp(join(dir, 'cache-'));
  const migrations = await createFolder('flyway-', { 'V1__a.sql': `\${both};` });
  const options = { migrations, cacheDir, set: { both: 'create table a (id int); create table b (id int)' } };
  const parsed = await readStatements(options);
  expect(parsed.map(({ sql }) => sql)).toEqual(['create table a (id int)', 'create table b (id int)']);
  expect(await readKeptNames(cacheDir)).toEqual([]);
  expect(await readStatements(options)).toEqual(parsed);
});
