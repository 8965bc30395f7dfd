import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApplyOptions, adopt, apply, isPlinthError, verify } from '../../src/index.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import { SHOP } from '../support/run-database.js';
import { DEBIAN_15, startTestServer, type TestServer } from '../support/server.js';

/** The history is watched on the embedded PostgreSQL, and the database is of another version. */
describe.skipIf(!existsSync(DEBIAN_15))('on PostgreSQL 15 (of Debian: apt-get install postgresql-15)', () => {
  let server: TestServer;
  let options: ApplyOptions;
  let legacy: ConnectionConfig;
  let cacheDir: string;

  beforeAll(async () => {
    server = await startTestServer({}, DEBIAN_15);
    cacheDir = await mkdtemp(join(tmpdir(), 'plinth-adopt-'));
    legacy = await server.createDatabase('legacy');
    const { host, port, user, password, database } = legacy;
    const url = `postgres://${user}:${String(password)}@${host}:${port}/${database}?sslmode=disable`;
    options = { migrations: SHOP, url, cacheDir, missingRoles: 'create', timeout: '3m' };
    // Another tool's work: this ledger does not know of it.
    await apply({ ...options, ledger: 'elsewhere' });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(cacheDir, { recursive: true, force: true });
  });

  test('every table of the shop is as the history leaves it', async () => {
    const { tables } = await adopt(options);
    expect(tables).toHaveLength(19);
    expect(tables.filter(({ state }) => state !== 'equal')).toEqual([]);
  });

  test('one that was changed by hand is told, the others are adopted', async () => {
    const session = await server.open(legacy);
    await session.execute('alter table public.wishes add column note text');
    const error = await apply({ ...options, tables: ['wishes'] }).catch((thrown: unknown) => thrown);
    expect(isPlinthError(error) && error).toMatchObject({
      code: 'TABLE_EXISTS',
      args: { tables: ['public.wishes'], differences: [{ kind: 'column', name: 'note', expected: null }] },
    });
    await session.execute('alter table public.wishes drop column note');
    await session.close();
    const result = await apply({ ...options, tables: ['orders', 'wishes'] });
    expect(result.created).toEqual([]);
    expect(result.adopted).toContain('public.wishes');
    expect(await verify({ ...options, tables: ['orders', 'wishes'] })).toMatchObject({ ok: true });
    expect(await apply(options)).toMatchObject({ created: [] });
    expect(await apply(options)).toMatchObject({ outcome: 'nothing-to-do' });
  });
});
