import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../../src/index.js';
import { LOCK_CLASS } from '../../src/postgres/queries.js';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

describe.skipIf(!hasPgBouncer)('behind PgBouncer', () => {
  let server: RunServer;
  let migrations: string;
  const poolers: PgBouncer[] = [];
  beforeAll(async () => {
    server = await startRunServer({}, await getFreePort());
    migrations = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
  });
  afterAll(async () => {
    for (const pooler of poolers) await pooler.stop();
    await server?.stop();
  });

  /** A pooler, and the URL of a new database through it. */
  async function start(settings: Readonly<Record<string, string | number>>) {
    const pooler = await startPgBouncer(server.port, settings);
    poolers.push(pooler);
    const direct = await server.createDatabase();
    return { pooler, direct, url: pooler.getUrl(new URL(direct).pathname.slice(1)) };
  }

  const run = (url: string, timeout = '20s') => apply({ migrations, url, timeout, cacheDir: false });
  const isEmpty = async (url: string): Promise<boolean> =>
    (
      await server.query(
        url,
        "select from pg_namespace where nspname = 'plinth' union all select from pg_tables where tablename = 'a'",
      )
    ).length === 0;

  test.each([
    ['transaction', {}],
    ['transaction', { default_pool_size: 1 }],
    ['transaction', { server_round_robin: 1, min_pool_size: 2 }],
    ['transaction', { server_round_robin: 1, min_pool_size: 5 }],
    ['statement', {}],
  ] as const)('%s mode is told as such, and nothing is made: %j', async (mode, settings) => {
    const { url, direct } = await start({ pool_mode: mode, ...settings });
    await expect(run(url)).rejects.toMatchObject({ code: 'POOLER_DETECTED', args: { mode } });
    expect(await isEmpty(direct)).toBe(true);
    expect(
      await server.query(
        direct,
        `select from pg_locks where locktype = 'advisory' and classid = ${LOCK_CLASS}::oid`,
      ),
    ).toEqual([]);
  });

  test.each([{}, { default_pool_size: 1 }])('session mode works: %j', async (settings) => {
    const { url, direct } = await start({ pool_mode: 'session', ...settings });
    expect(await run(url)).toMatchObject({ outcome: 'applied', created: ['public.a'] });
    expect(await run(url)).toMatchObject({ outcome: 'nothing-to-do' });
    expect(
      await server.query(
        direct,
        `select from pg_locks where locktype = 'advisory' and classid = ${LOCK_CLASS}::oid`,
      ),
    ).toEqual([]);
  });

  test('startup options, which it does not take, are told at once', async () => {
    const { url } = await start({ pool_mode: 'session' });
    await expect(run(`${url}?options=-csearch_path%3Dapp`)).rejects.toMatchObject({
      code: 'POSTGRES_NOT_READY',
      message: expect.stringContaining('a pooler answers there'),
    });
  });

  test('a server that is down behind it, with the pooler keeping us waiting, ends with the budget', async () => {
    const gone = await startPgBouncer(await getFreePort(), { pool_mode: 'session', server_login_retry: 1 });
    poolers.push(gone);
    await expect(run(gone.getUrl('postgres'), '2s')).rejects.toMatchObject({
      code: expect.stringMatching(/^(POSTGRES_NOT_READY|TIMEOUT)$/),
    });
  });
});
