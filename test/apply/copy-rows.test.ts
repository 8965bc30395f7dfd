import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { createFileHistory, findFailurePlaces } from '../../src/run/failure-places.js';
import { createContext } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query as queryOn } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

const query = (config: ConnectionConfig, sql: string) => queryOn(server, config, sql);

test('rows of a COPY go in with their statement, and the ledger keeps their number', async () => {
  const config = await server.createDatabase();
  const copying = [
    {
      name: '1.sql',
      steps: [
        'create table a (id int, t text)',
        { sql: 'copy a from stdin', kind: 'CopyStmt', rows: '1\tone\n2\t\\N\n' },
        "insert into a values (3, '')",
        { sql: 'copy a (id) from stdin', kind: 'CopyStmt', rows: '4\n' },
      ],
    },
  ];
  await applyPlan(createContext(config, copying).context);
  expect(
    await query(config, "select string_agg(id || coalesce(t, '?'), ',' order by id) as a from a"),
  ).toEqual([{ a: '1one,2?,3,4?' }]);
  const recorded = await query(
    config,
    'select sql from plinth.statements where index in (1, 3) order by index',
  );
  expect(recorded.map(({ sql }) => String(sql).replace(/[0-9a-f]{16}/, '…'))).toEqual([
    'copy a from stdin\n-- 2 lines of rows, digest …',
    'copy a (id) from stdin\n-- 1 line of rows, digest …',
  ]);
});

test('a bad row behind a COPY fails at its statement, an included statement in its own file', async () => {
  const config = await server.createDatabase();
  const broken = [
    {
      name: '1.sql',
      steps: ['create table a (id int)', { sql: 'copy a from stdin', rows: '1\nx\n', file: 'rows/a.sql' }],
    },
  ];
  const main = 'create table a (id int);\n';
  const text = `${main}-- rows/a.sql\ncopy a from stdin;\n1\nx\n`;
  const rows = { start: text.length - 4, end: text.length };
  const migration = {
    ...createFileHistory('1.sql', text).migrations[0]!,
    included: [{ name: 'rows/a.sql', start: main.length }],
    regions: [
      { start: 0, end: main.length },
      { start: main.length, end: rows.start, rows },
    ],
  };
  const { context } = createContext(config, broken, {
    findPlaces: (step, failure) => findFailurePlaces({ migrations: [migration] }, step, failure),
  });
  expect(await getError(applyPlan(context))).toMatchObject({
    code: 'MIGRATION_FAILED',
    args: { migration: '1.sql', sqlstate: '22P02', where: expect.stringContaining('line 2') },
    place: {
      file: 'rows/a.sql',
      line: 2,
      excerpt: [
        [1, '-- rows/a.sql'],
        [2, 'copy a from stdin;'],
        [3, '1'],
      ],
    },
    result: { steps: [{ status: 'not-executed' }, { file: 'rows/a.sql', line: 2, status: 'failed' }] },
  });
});
