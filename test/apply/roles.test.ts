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

const grant = { sql: 'grant select on t to reader', kind: 'GrantStmt', roles: ['reader'] };
const toPublic = { sql: 'grant select on t to public', kind: 'GrantStmt', roles: ['public'] };
const migrations = [{ name: '1.sql', steps: ['create table t (id int)', grant, toPublic] }];

test('a missing role stops the run before anything is changed, with its places', async () => {
  const config = await server.createDatabase();
  expect(await getError(applyPlan(createContext(config, migrations).context))).toMatchObject({
    code: 'ROLE_MISSING',
    args: { roles: [{ name: 'reader', places: ['1.sql:2'] }] },
  });
  expect(await query(server, config, "select to_regclass('t') as t")).toEqual([{ t: null }]);
});

test('skip leaves the grants out, writes that down, and fails for what needs the role', async () => {
  const config = await server.createDatabase();
  const result = await applyPlan(createContext(config, migrations, { missingRoles: 'skip' }).context);
  expect(result.steps.map((step) => step.status)).toEqual(['applied', 'skipped', 'applied']);
  expect(result.findings).toMatchObject([
    { code: 'ROLE_SKIPPED', args: { role: 'reader', place: '1.sql:2' } },
  ]);
  expect(await query(server, config, 'select state from plinth.statements where index = 1')).toEqual([
    { state: 'skipped' },
  ]);
  const policy = { sql: 'create policy p on t to reader', kind: 'CreatePolicyStmt', roles: ['reader'] };
  const more = [...migrations, { name: '2.sql', steps: [policy] }];
  const error = await getError(applyPlan(createContext(config, more, { missingRoles: 'skip' }).context));
  expect(error.code).toBe('ROLE_MISSING');
});

test('create makes the role without login; a CREATE ROLE of one that exists is left out', async () => {
  const config = await server.createDatabase();
  const result = await applyPlan(createContext(config, migrations, { missingRoles: 'create' }).context);
  expect(result.findings).toMatchObject([{ code: 'ROLE_CREATED', args: { role: 'reader' } }]);
  expect(
    await query(server, config, "select rolcanlogin as l from pg_roles where rolname = 'reader'"),
  ).toEqual([{ l: false }]);

  const other = await server.createDatabase();
  const create = { sql: 'create role reader', kind: 'CreateRoleStmt', roles: ['reader'] };
  const again = await applyPlan(
    createContext(other, [{ name: '0.sql', steps: [create] }, ...migrations]).context,
  );
  expect(again.steps.map((step) => step.status)).toEqual(['skipped', 'applied', 'applied', 'applied']);
  expect(again.findings).toMatchObject([{ code: 'ROLE_EXISTS', args: { role: 'reader', place: '0.sql:1' } }]);
});

test('a role that the prelude makes is not missing', async () => {
  const config = await server.createDatabase();
  const role = { sql: 'grant select on t to writer', kind: 'GrantStmt', roles: ['writer'] };
  const prelude = {
    statements: ['create role writer'],
    findPlaces: async () => ({ places: [], built: null }),
  };
  const { context } = createContext(config, [{ name: '1.sql', steps: ['create table t (id int)', role] }]);
  const result = await applyPlan({ ...context, prelude });
  expect(result.steps.map((step) => step.status)).toEqual(['applied', 'applied']);
});

test('two databases that make the same role at once do not get in each other’s way', async () => {
  const create = { sql: 'create role shared', kind: 'CreateRoleStmt', roles: ['shared'] };
  const slow = [{ name: '1.sql', steps: ['select pg_sleep(0.3)', create, 'select pg_sleep(0.2)'] }];
  const configs = [await server.createDatabase(), await server.createDatabase()];
  const results = await Promise.all(configs.map((config) => applyPlan(createContext(config, slow).context)));
  expect(results.map((result) => result.outcome)).toEqual(['applied', 'applied']);
  expect(results.flatMap((result) => result.findings.map((finding) => finding.code))).toEqual([
    'ROLE_EXISTS',
  ]);
});
