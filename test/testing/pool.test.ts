import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, startTesting } from '../../src/testing/index.js';
import { type Bench, createBench, query, waitUntil } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
}, 60_000);
afterAll(() => bench.stop());

const readReady = (): Promise<readonly string[]> =>
  query(bench.server, `select oid from pg_database where datname like 'plinth\\_warm%' order by oid`);

test('databases are ready before they are asked for, for other processes, too; none is left at the end', async () => {
  const testing = await startTesting({ ...bench.options, pool: 3 });
  const ready = await waitUntil(readReady, (found) => found.length === 3);

  // Another owner, as another process has.
  const others = { ...bench.options, service: 'other' };
  const taken = await Promise.all([createTestDatabase(others), createTestDatabase(others)]);
  for (const db of taken) {
    const { rows } = await db.query(
      'select oid::text, (select count(*)::int from orders) as n from pg_database where datname = current_database()',
    );
    expect(ready).toContain(rows[0]!['oid']);
    expect(rows[0]!['n']).toBe(0);
  }
  await waitUntil(readReady, (found) => found.length === 3 && found.some((oid) => !ready.includes(oid)));

  await Promise.all(taken.map((db) => db.dispose()));
  await testing.stop();
  await testing.stop();
  await waitUntil(
    () => bench.readDatabases(),
    (names) => names.every((name) => name.startsWith('plinth_template_')),
  );
});

test('where more are wanted than are ready, the others are cloned', async () => {
  const testing = await startTesting({ ...bench.options, pool: 1 });
  await waitUntil(readReady, (found) => found.length === 1);
  const all = await Promise.all([1, 2, 3].map(() => createTestDatabase({ ...bench.options, pool: 1 })));
  expect(new Set(all.map(({ name }) => name)).size).toBe(3);
  // What is not disposed of goes with the run.
  await testing.stop();
  expect(await bench.readDatabases('plinth\\_test%')).toEqual([]);
});
