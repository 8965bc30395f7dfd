import { PLINTH } from './appliers.js';
import type { Bench } from './bench.js';
import type { BenchHistory } from './history/generate.js';
import { runWell } from './processes.js';

// On a machine that is busy with other things the largest takes minutes.
const PATIENCE_MS = 20 * 60_000;

/** Lets Plinth watch a history where that was not done yet, outside of what is measured. */
export async function ensureObserved(bench: Bench, history: BenchHistory): Promise<void> {
  bench.tell(`${history.name}: observing, once`);
  await prepare(
    bench,
    ['plan', '--tables', history.table, '--timeout', '20m'],
    bench.folders.getFolder(history, 'goose'),
  );
}

/** Proves a history, whose lock file then lies in the folder; outside of what is measured. */
export async function ensureProven(bench: Bench, name: string, folder: string): Promise<void> {
  bench.tell(`${name}: proving, once`);
  await prepare(bench, ['prove'], folder);
}

const prepare = ({ server, cacheDir, dir }: Bench, [command, ...args]: readonly string[], folder: string) =>
  runWell(
    {
      program: process.execPath,
      args: [PLINTH, command!, '--migrations', folder, ...args, '--scratch', server.getUrl('postgres')],
      env: { PLINTH_CACHE_DIR: cacheDir },
    },
    { cwd: dir, timeoutMs: PATIENCE_MS },
  );
