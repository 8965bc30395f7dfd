import { afterAll, beforeAll, expect, test } from 'vitest';
import { EMPTY_LEDGER } from '../../src/model/ledger.js';
import {
  isEmptyOrMissing,
  readExistingRelations,
  readExistingRoles,
  readIndex,
  readIndexTable,
} from '../../src/postgres/catalogue.js';
import { createConnectionConfig } from '../../src/postgres/config.js';
import { ensureLedger, isSatisfied, readLedger, recordHistory } from '../../src/postgres/ledger.js';
import type { Session } from '../../src/postgres/session.js';
import { getError } from '../apply/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let session: Session;
beforeAll(async () => {
  server = await startTestServer();
  session = await server.open(await server.createDatabase());
}, 60_000);
afterAll(async () => {
  await session.close();
  await server.stop();
});

const scope = { schema: 'odd "name"', history: "it's", run: 'r1' };
const run = { service: 's', applicationName: 'a', plinthVersion: '0' };
const migration = { id: '1', ordinal: 0, name: '1.sql', digests: ['a', 'b'] };

test('where there is no ledger it reads as empty', async () => {
  expect(await readLedger(session, scope.schema, scope.history)).toBe(EMPTY_LEDGER);
});

test('it is made once, and migrations that the folder lost stay', async () => {
  await ensureLedger(session, scope.schema);
  await ensureLedger(session, scope.schema);
  const record = {
    format: 'plain',
    location: 'm',
    digest: 'd',
    migrations: [migration, { ...migration, id: '2', ordinal: 1 }],
  };
  await recordHistory(session, scope, run, record);
  await recordHistory(session, scope, run, {
    ...record,
    migrations: [{ ...migration, name: 'new', digests: ['c"\\'] }],
  });
  const ledger = await readLedger(session, scope.schema, scope.history);
  expect(ledger.migrations).toEqual([
    { id: '1', name: 'new', digests: ['c"\\'] },
    { id: '2', name: '1.sql', digests: ['a', 'b'] },
  ]);
  expect((await readLedger(session, scope.schema, 'other')).migrations).toEqual([]);
});

test('a ledger of a newer Plinth is left alone', async () => {
  await ensureLedger(session, 'newer');
  await session.execute('update newer.meta set version = 99');
  expect(await getError(readLedger(session, 'newer', 'h'))).toMatchObject({
    code: 'LEDGER_NEWER',
    args: { version: 99 },
  });
  const ask = { history: 'h', key: 'k', digest: 'd' };
  expect((await getError(isSatisfied(session, 'newer', ask))).code).toBe('LEDGER_NEWER');
});

test('a schema that was made for a user who may not make one is filled', async () => {
  await session.execute(`create role filler login password 'p'; create schema given authorization filler`);
  const [row] = await session.query('select current_database() as name');
  const { label: _, ...fields } = server.config;
  const config = createConnectionConfig({
    ...fields,
    user: 'filler',
    password: 'p',
    database: String(row!['name']),
  });
  const filler = await server.open(config);
  await ensureLedger(filler, 'given');
  expect((await readLedger(filler, 'given', 'h')).exists).toBe(true);
  expect(await getError(readLedger(filler, scope.schema, 'h'))).toMatchObject({
    code: 'PERMISSION_DENIED',
    args: { user: 'filler' },
  });
  await filler.close();
});

test('the catalogue: relations, roles, rows, indexes, with names that need quotes', async () => {
  await session.execute(`create table "A.b" (x int); create index "I" on "A.b" (x);
    create schema "S"; create table "S"."T" (x int); insert into "S"."T" values (1)`);
  const names = ['public.A.b', 'public.a.b', 'S.T', 's.t', 'S.I'];
  expect(await readExistingRelations(session, names)).toEqual(['public.A.b', 'S.T']);
  expect(await readExistingRoles(session, ['postgres', 'Postgres'])).toEqual(new Set(['postgres']));
  expect(await isEmptyOrMissing(session, '"A.b"')).toBe(true);
  expect(await isEmptyOrMissing(session, '"S"."T"')).toBe(false);
  expect(await isEmptyOrMissing(session, 'nope')).toBe(true);
  expect(await readIndex(session, '"A.b"', 'I')).toEqual({ name: 'public."I"', valid: true });
  expect(await readIndexTable(session, '"I"')).toBe('public."A.b"');
});
