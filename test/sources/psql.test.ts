import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ParsedStatement } from '../../src/sql/statements.js';
import { parse } from '../support/histories.js';
import { findClients, runClient } from '../support/psql.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { PSQL_CASES } from './psql-cases.js';
import { readScript } from './psql-script.js';

const renderTokens = (statements: readonly ParsedStatement[]): string[] =>
  statements.map(({ tokens }) => tokens.map(({ text }) => text.replace(/'\s+'/g, "'\n'")).join(' '));

/** Each statement as its tokens, so that blanks and comments do not count. */
async function normalize(statements: readonly string[]): Promise<string[]> {
  return (await Promise.all(statements.map((sql) => parse(sql)))).flatMap(renderTokens);
}

describe('what psql sends of a script', () => {
  test.each(PSQL_CASES)('$title', async ({ files, set, sends }) => {
    const script = await readScript(files, set);
    expect(script.problems).toEqual([]);
    expect(script.missing).toEqual([]);
    expect(renderTokens(await parse(script))).toEqual(await normalize(sends));
  });
});

describe.skipIf(findClients() === null)('the real psql', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop());

  test.each(PSQL_CASES)('sends the same: $title', async ({ files, set = {}, sends }) => {
    const config = await server.createDatabase();
    const session = await server.open(config);
    await session.execute(
      'create table p (a text, b text, c text[], n int); create table rows (a int, b text); insert into p values (1)',
    );
    const dir = mkdtempSync(join(tmpdir(), 'plinth-psql-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
      const variables = Object.entries({ ON_ERROR_STOP: '1', ...set }).flatMap(([name, value]) => [
        '-v',
        `${name}=${value}`,
      ]);
      const log = join(dir, 'log');
      runClient(
        'psql',
        config,
        ['-X', '-q', '-L', log, '-o', '/dev/null', ...variables, '-f', 'main.sql'],
        dir,
      );
      const text = readFileSync(log, 'utf8');
      const queries = [...text.matchAll(/^\/?\*+ QUERY \*+\/?\n([\s\S]*?)\n\/?\*{20,}\/?$/gm)].map(
        ([, q]) => q!,
      );
      expect(await normalize(queries)).toEqual(await normalize(sends));
    } finally {
      rmSync(dir, { recursive: true });
      await session.close();
    }
  });
});

test('\\copy of a file sends the whole file', async () => {
  const script = await readScript({
    'a.sql':
      "select 1; \n\\copy t (a) from 'data/it''s.csv' with (format csv)\n\\copy t from data/t.txt;\nselect 2;",
    "data/it's.csv": '"\\.\nx"\n',
    'data/t.txt': '1\n',
  });
  expect(script.problems).toEqual([]);
  const statements = await parse(script);
  expect(statements.map(({ sql, line, rows }) => [line, sql, rows?.text])).toEqual([
    [1, 'select 1', undefined],
    [2, 'COPY t (a) from STDIN with (format csv)', '"\\.\nx"\n'],
    [3, 'COPY t from STDIN', '1\n'],
    [4, 'select 2', undefined],
  ]);
  expect([...script.references]).toEqual(["data/it's.csv", 'data/t.txt']);
});
