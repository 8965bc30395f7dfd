import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runStress } from '../../scripts/testing/stress.js';
import { type Bench, CUSTOMERS, createBench, ORDERS } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
}, 60_000);
afterAll(() => bench.stop());

test('whoever is killed, and though the server is restarted: each test has an empty database, and none is left after the next start', async () => {
  const outcome = await runStress({
    root: join(import.meta.dirname, '../..'),
    projects: [
      {
        ...bench.options,
        migrations: await bench.createFolder('SELECT pg_sleep(1);', CUSTOMERS),
        tables: [],
      },
      { ...bench.options, migrations: await bench.createFolder(CUSTOMERS, ORDERS), tables: [] },
    ],
    workers: 4,
    databases: 24,
    readDatabases: () => bench.readDatabases(),
    restart: () => bench.server.restart('immediate'),
  });
  expect(outcome).toMatchObject({ made: 24, names: 24, left: [] });
  expect(outcome.templates).toHaveLength(2);
}, 180_000);
