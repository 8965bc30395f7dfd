import { join } from 'node:path';
import type { Bench } from '../bench.js';
import type { BenchHistory } from '../history/generate.js';
import { runWell } from '../processes.js';
import type { Cloner } from './cloner.js';

/**
 * What restoreSnapshot of Testcontainers' PostgreSqlContainer does: two commands, each by a psql of its own, on this server and
 * without a container.
 */
export async function createSnapshotMethod(
  bench: Bench,
  history: BenchHistory,
  psql: string,
): Promise<Cloner> {
  const run = (database: string, args: readonly string[]) =>
    runWell({
      program: psql,
      args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...args, bench.server.getUrl(database)],
    });
  const database = await bench.server.createDatabase();
  await run(database, ['-f', join(bench.folders.getFolder(history, 'psql'), 'history.sql')]);
  const snapshot = await bench.server.createDatabase(database);
  return {
    name: 'testcontainers’ method',
    role: 'peer',
    async take() {
      const start = performance.now();
      await run('postgres', ['-c', `DROP DATABASE "${database}" WITH (FORCE)`]);
      await run('postgres', [
        '-c',
        `CREATE DATABASE "${database}" WITH TEMPLATE "${snapshot}" OWNER "postgres"`,
      ]);
      return performance.now() - start;
    },
    stop: async () => {},
  };
}
