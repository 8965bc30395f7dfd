import { getPlinth } from './appliers.js';
import type { Bench } from './bench.js';
import { withDatabase } from './fresh.js';
import type { BenchHistory } from './history/generate.js';
import { runWell } from './processes.js';

/** Lets Plinth watch a history where that was not done yet, outside of what is measured. */
export async function ensureObserved(bench: Bench, history: BenchHistory): Promise<void> {
  const folder = bench.folders.getFolder(history, 'goose');
  bench.tell(`${history.name}: observing, once`);
  await withDatabase(bench, async (database) => {
    const args = ['--tables', history.table, '--scratch', bench.server.getUrl('postgres')];
    await runWell(getPlinth(bench.cacheDir, args).getCommand(bench.server.getUrl(database), folder), {
      cwd: bench.dir,
    });
  });
}
