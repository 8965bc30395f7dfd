import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/postgres/session.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { renderGoose } from '../support/run-database.js';
import { openInCluster } from './support.js';

describe.skipIf(!hasCluster)('a client that is killed in mid-run', () => {
  let namespace: TestNamespace;
  let folder: string;
  let cli: CommandLine;
  let session: Session;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-sigkill-'));
    cli = await createCommandLine(join(folder, 'cache'));
    namespace = await createNamespace();
    await deployPostgres(namespace);
    session = await openInCluster(namespace);
    await writeFile(
      join(folder, '1_slow.sql'),
      renderGoose('create table slow (id int);', 'select pg_sleep(600);'),
    );
  }, 200_000);
  afterAll(async () => {
    await session?.close();
    await namespace?.remove();
    await cli?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const SLEEPING = "select from pg_stat_activity where wait_event = 'PgSleep'";
  const HELD = "select from pg_locks where locktype = 'advisory' and objsubid = 2";
  const waitUntil = async (sql: string, isThere: boolean): Promise<void> => {
    while ((await session.query(sql)).length > 0 !== isThere);
  };

  test('frees the lock, through the tunnel, and leaves nothing behind', async () => {
    const args = ['--kubeconfig', getCluster().kubeconfig, '--namespace', namespace.name];
    const figures: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      const child = cli.start(['apply', '--migrations', folder, ...args, '--timeout', '10m']);
      const ended = once(child, 'exit');
      await waitUntil(SLEEPING, true);
      await waitUntil(HELD, true);
      const start = performance.now();
      child.kill('SIGKILL');
      await waitUntil(HELD, false);
      figures.push(Math.round(performance.now() - start));
      await ended;
      await waitUntil(SLEEPING, false);
    }
    console.log(`After SIGKILL the lock was free within ${figures.join(', ')} ms.`);
    expect(await session.query("select to_regclass('slow') is null as gone")).toEqual([{ gone: true }]);
  });
});
