import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWorker } from '../../scripts/testing/workers.js';
import { kubernautMigrations } from '../../src/kubernaut/index.js';
import { createTestDatabase, type TestingOptions } from '../../src/testing/index.js';
import { openInCluster } from '../cluster/support.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { waitUntil } from './support.js';

describe.skipIf(!hasCluster)('a test database in a cluster', () => {
  let namespace: TestNamespace;
  let dir: string;
  let options: TestingOptions;
  beforeAll(async () => {
    namespace = await createNamespace();
    await deployPostgres(namespace);
    dir = await mkdtemp(join(tmpdir(), 'plinth-testing-'));
    options = {
      migrations: kubernautMigrations,
      tables: ['workflow_versions'],
      kubeconfig: getCluster().kubeconfig,
      namespace: namespace.name,
      cacheDir: join(dir, 'cache'),
      verify: false,
      timeout: '170s',
    };
  }, 200_000);
  afterAll(async () => {
    await namespace?.remove();
    await rm(dir, { recursive: true, force: true });
  });

  const readDatabases = async (): Promise<readonly unknown[]> => {
    const session = await openInCluster(namespace);
    const rows = await session.query(`select datname from pg_database where datname like 'plinth\\_test%'`);
    await session.close();
    return rows;
  };

  test('is reached by pg through a stream, and by a URL only where a port is asked for', async () => {
    const db = await createTestDatabase(options);
    const client = new pg.Client(db.connection as pg.ClientConfig);
    await client.connect();
    const { rows } = await client.query(
      `select to_regclass('workflow_versions') is not null as there, current_database() as name`,
    );
    expect(rows).toEqual([{ there: true, name: db.name }]);
    await client.end();
    expect((await db.query('select count(*)::int as n from workflows')).rows).toEqual([{ n: 0 }]);
    expect(() => db.url).toThrow('listen: true');
    await db.dispose();
    await waitUntil(readDatabases, (names) => names.length === 0);
  }, 200_000);

  test('is reached by any driver by a port of 127.0.0.1, if asked for', async () => {
    const db = await createTestDatabase({ ...options, listen: true });
    expect(db.url).toMatch(/^postgresql:\/\/slm_user:.*@127\.0\.0\.1:\d+\/plinth_test_/);
    const pool = new pg.Pool({ connectionString: db.url });
    const found = await Promise.all(
      [1, 2, 3].map(async () => (await pool.query('select current_database() as name')).rows[0]),
    );
    expect(found).toEqual(Array(3).fill({ name: db.name }));
    await pool.end();
    await db.dispose();
    await waitUntil(readDatabases, (names) => names.length === 0);
  }, 200_000);

  test('a process that made some ends by itself, and leaves none', async () => {
    const { file, remove } = await buildWorker(join(import.meta.dirname, '../..'));
    // The worker inserts into a table that this slice does not have, which it takes for a test that failed.
    const { status, stderr } = spawnSync(
      process.execPath,
      [file, JSON.stringify({ options, databases: 2 })],
      {
        encoding: 'utf8',
        timeout: 180_000,
      },
    );
    await remove();
    expect(stderr).toBe('');
    expect(status).toBe(0);
    await waitUntil(readDatabases, (names) => names.length === 0);
  }, 200_000);
});
