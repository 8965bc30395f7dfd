import { getPlinth } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { createFreshContestant, createOutcomeCheck, withDatabase } from '../fresh.js';
import type { BenchHistory } from '../history/generate.js';
import { runWell } from '../processes.js';
import { race } from '../race.js';
import type { Measurement } from '../result.js';

/** One table from empty: Plinth brings it and what it stands on, the others have no way but all of it. */
export const oneTable: Measure = {
  name: 'one-table',
  what: 'one table into an empty database',
  take: async (bench) => [
    await takeOneTable(bench, bench.folders.getHistory(bench.isQuick ? 'small' : 'medium')),
  ],
};

/** The table that the history names. */
export async function takeOneTable(bench: Bench, history: BenchHistory): Promise<Measurement> {
  await ensureObserved(bench, history);
  const slice = getPlinth(bench.cacheDir, ['--tables', history.table]);
  const check = createOutcomeCheck();
  const others = bench.appliers.filter(({ role }) => role !== 'plinth');
  const contestants = [
    createFreshContestant(bench, history, slice, createOutcomeCheck()),
    ...others.map((applier) => createFreshContestant(bench, history, applier, check)),
  ];
  return {
    id: 'one-table',
    title: `One table from empty, of ${history.tables} tables, ${history.statements} statements`,
    unit: 'ms',
    what: 'Plinth brings the table and what it stands on, from an observation that is kept; the others apply all of the history.',
    entries: await race(contestants, bench.getRounds(9)),
  };
}

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
