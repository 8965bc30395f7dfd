import { join } from 'node:path';
import { findPeer, PEERS } from '../../peers/peers.js';
import type { Bench } from '../bench.js';
import type { BenchHistory } from '../history/generate.js';
import { startWorker } from '../worker.js';
import type { Cloner } from './cloner.js';

/** pgtestdb in a process of its own, with its template made; none where it is not installed. */
export async function startPgtestdb(bench: Bench, history: BenchHistory): Promise<readonly Cloner[]> {
  const program = findPeer(PEERS.pgtestdb);
  if (program === null) return [];
  const file = join(bench.folders.getFolder(history, 'psql'), 'history.sql');
  const worker = await startWorker({
    program,
    args: ['127.0.0.1', String(bench.server.port), 'postgres', file],
  });
  return [
    {
      name: 'pgtestdb',
      role: 'peer',
      take: async () => Number(await worker.ask('take')),
      stop: () => worker.stop(),
    },
  ];
}
