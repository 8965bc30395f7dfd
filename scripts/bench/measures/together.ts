import type { Bench, Measure } from '../bench.js';
import { createOutcomeCheck, withDatabase } from '../fresh.js';
import { readOutcome } from '../outcome.js';
import { getLastWords, runTimed } from '../processes.js';
import { race } from '../race.js';

const COUNT = 8;

/** Eight of the same, started at once on one empty database. */
export const together: Measure = {
  name: 'together',
  what: 'eight processes at once on one empty database',
  async take(bench) {
    const history = bench.folders.getHistory('small');
    const check = createOutcomeCheck();
    const contestants = bench.appliers
      .filter(({ role }) => role !== 'floor')
      .map((applier) => ({
        name: applier.name,
        role: applier.role,
        take: () =>
          withDatabase(bench, async (database) => {
            const folder = bench.folders.getFolder(history, applier.format);
            const ms = await runTogether(bench, applier.getCommand(bench.server.getUrl(database), folder));
            check(await readOutcome(bench.server, database));
            return ms;
          }),
      }));
    return [
      {
        id: 'together',
        title: `Eight at once: ${history.tables} tables, ${history.statements} statements`,
        unit: 'ms',
        what: 'Eight processes are started together on one empty database, as by a deployment of eight replicas; what counts is when the last one has ended, and all have to end well.',
        entries: await race(contestants, bench.getRounds(7)),
      },
    ];
  },
};

async function runTogether(bench: Bench, command: Parameters<typeof runTimed>[0]): Promise<number> {
  const start = performance.now();
  const all = await Promise.all(Array.from({ length: COUNT }, () => runTimed(command, { cwd: bench.dir })));
  const ms = performance.now() - start;
  const failed = all.filter(({ code }) => code !== 0);
  if (failed.length === 0) return ms;
  throw new Error(`${failed.length} of ${COUNT} failed: ${getLastWords(failed[0]!.output)}`);
}
