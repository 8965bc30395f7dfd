import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/apply.js';
import { createContext } from '../support/plans.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { getError, query } from './support.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

test('passwords do not get into the ledger', async () => {
  const config = await server.createDatabase();
  const steps = [
    {
      sql: "create role secretive login password 'hush''hush'",
      kind: 'CreateRoleStmt',
      roles: ['secretive'],
    },
  ];
  await applyPlan(createContext(config, [{ name: '1.sql', steps }]).context);
  expect(await query(server, config, 'select sql from plinth.statements')).toEqual([
    { sql: "create role secretive login password '***'" },
  ]);
});

test('an excerpt shows no password', async () => {
  const config = await server.createDatabase();
  const steps = [{ sql: "create role r password 'hush' in role nobody", kind: 'CreateRoleStmt' }];
  const error = await getError(applyPlan(createContext(config, [{ name: '1.sql', steps }]).context));
  expect(error).toMatchObject({ args: { sqlstate: '42704' }, place: { line: 1, column: 1 } });
  expect(JSON.stringify([error, error.result])).not.toContain('hush');
});
