import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../../src/embedded/launch.js';
import { findPeer, PEERS } from '../../peers/peers.js';
import type { Bench } from '../bench.js';
import type { BenchHistory } from '../history/generate.js';
import { getEnvironment, runWell } from '../processes.js';
import type { Cloner } from './cloner.js';

interface Answer {
  readonly id: number;
  readonly database: { readonly config: { readonly database: string } };
}

const HASH = 'bench';

/**
 * IntegreSQL's server on the same PostgreSQL, with its template made; none where it is not installed. As `integresql` it has
 * databases ready, else another one was taken just before.
 */
export async function startIntegresql(
  bench: Bench,
  history: BenchHistory,
  psql: string,
  name: 'integresql' | 'integresql, none ready',
): Promise<readonly Cloner[]> {
  const program = findPeer(PEERS.integresql);
  if (program === null) return [];
  const isEmpty = name !== 'integresql';
  const port = (await findFreePort(0))!;
  const server = spawn(program, [], {
    stdio: 'ignore',
    env: getEnvironment({
      INTEGRESQL_ADDRESS: '127.0.0.1',
      INTEGRESQL_PORT: String(port),
      INTEGRESQL_PGHOST: '127.0.0.1',
      INTEGRESQL_PGPORT: String(bench.server.port),
      INTEGRESQL_PGUSER: 'postgres',
      ...(isEmpty ? { INTEGRESQL_TEST_INITIAL_POOL_SIZE: '1', INTEGRESQL_TEST_MAX_POOL_SIZE: '500' } : {}),
      INTEGRESQL_DB_PREFIX: isEmpty ? 'integresql_empty' : 'integresql',
      INTEGRESQL_LOGGER_LEVEL: 'error',
    }),
  });
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/templates${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!answer.ok) throw new Error(`IntegreSQL answered ${answer.status} to ${method} ${path}`);
    return answer.status === 204 ? null : await answer.json();
  };
  const template = (await waitFor(() => call('POST', '', { hash: HASH }))) as Answer;
  const url = bench.server.getUrl(template.database.config.database);
  const file = join(bench.folders.getFolder(history, 'psql'), 'history.sql');
  await runWell({ program: psql, args: ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', file, url] });
  await call('PUT', `/${HASH}`);
  return [
    {
      name,
      role: 'peer',
      async take() {
        const path = `/${HASH}/tests`;
        if (isEmpty) await call('GET', path);
        const start = performance.now();
        const { id } = (await call('GET', path)) as Answer;
        const ms = performance.now() - start;
        // It makes it anew; what nobody gives back stays in use.
        if (!isEmpty) await call('POST', `${path}/${id}/recreate`);
        return ms;
      },
      async stop() {
        server.kill();
        await once(server, 'exit');
      },
    },
  ];
}

async function waitFor<T>(work: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(100);
    }
  }
}
