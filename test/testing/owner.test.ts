import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, sweepTestDatabases } from '../../src/testing/index.js';
import { type Bench, createBench, query, waitUntil } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
}, 60_000);
afterAll(() => bench.stop());

const OWNERS = `from pg_stat_activity where application_name like 'plinth/cut/test-%' and datname = 'postgres'`;

describe('an owner', () => {
  test('whose session was cut is back at once, and keeps what it has, though others sweep', async () => {
    const options = { ...bench.options, service: 'cut' };
    const db = await createTestDatabase(options);
    await db.query('insert into customers (id, name) values (1, $1)', ['Ada']);
    const before = await query(bench.server, `select pid ${OWNERS}`);
    expect(before).toHaveLength(1);
    await query(bench.server, `select pg_terminate_backend(pid) ${OWNERS}`);
    const swept = await sweepTestDatabases({ ...bench.options, service: 'other' });
    expect(swept.databases).toEqual([]);
    const after = await waitUntil(
      () => query(bench.server, `select pid ${OWNERS}`),
      (pids) => pids.length === 1,
    );
    expect(after).not.toEqual(before);
    expect((await db.query('select name from customers')).rows).toEqual([{ name: 'Ada' }]);
    await db.dispose();
  });

  test('that is gone leaves its databases to the next sweep, but for those that somebody is on', async () => {
    const template = (await bench.readDatabases('plinth\\_template%'))[0]!;
    const [, , digest] = template.split('_');
    const [idle, used] = ['1', '2'].map((n) => `plinth_test_${digest}_0123abcd_${n}`);
    for (const name of [idle, used])
      await query(bench.server, `create database ${name} template ${template}`);
    const session = await bench.server.open({
      ...bench.server.config,
      database: used!,
      password: 'secret-of-the-test',
    });
    const swept = await sweepTestDatabases(bench.options);
    expect(swept.databases).toEqual([idle]);
    await session.close();
    await waitUntil(
      () => query(bench.server, `select pid from pg_stat_activity where datname = '${used}'`),
      (pids) => pids.length === 0,
    );
    expect((await sweepTestDatabases(bench.options)).databases).toEqual([used]);
  });

  test('does not touch databases whose names only begin alike', async () => {
    await query(bench.server, 'create database plinth_test_of_somebody');
    expect((await sweepTestDatabases({ ...bench.options, keepFor: '1ms' })).databases).toEqual([]);
    expect(await bench.readDatabases('plinth\\_test%')).toEqual(['plinth_test_of_somebody']);
  });
});
