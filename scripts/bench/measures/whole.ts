import type { Bench, Measure } from '../bench.js';
import { createFreshContestant, createOutcomeCheck } from '../fresh.js';
import type { BenchHistory, SizeName } from '../history/generate.js';
import { runWell } from '../processes.js';
import { race } from '../race.js';
import { canTellUse, runWithUse } from '../resources.js';
import type { Entry, Measurement } from '../result.js';

const ROUNDS: readonly (readonly [size: SizeName, rounds: number])[] = [
  ['small', 15],
  ['medium', 9],
  ['large', 7],
];

/** A whole history from empty, by each tool, and the memory that this took. */
export const whole: Measure = {
  name: 'whole',
  what: 'a whole history into an empty database, and the memory for it',
  async take(bench) {
    const measurements: Measurement[] = [];
    for (const [size, rounds] of bench.isQuick ? ROUNDS.slice(0, 1) : ROUNDS) {
      const history = bench.folders.getHistory(size);
      bench.tell(`${history.name}: ${history.tables} tables, ${history.statements} statements`);
      measurements.push(...(await takeWhole(bench, history, bench.getRounds(rounds))));
    }
    return measurements;
  },
};

/** Everything from empty, and the memory for it where this machine tells. */
export async function takeWhole(bench: Bench, history: BenchHistory, rounds: number): Promise<Measurement[]> {
  const { name, tables, statements, migrations } = history;
  const check = createOutcomeCheck();
  const peaks = new Map<string, number[]>();
  const contestants = bench.appliers.map((applier) => {
    const own: number[] = [];
    peaks.set(applier.name, own);
    return createFreshContestant(bench, history, applier, check, async (command) => {
      if (!canTellUse()) return (await runWell(command, { cwd: bench.dir })).ms;
      const { ms, peakMiB } = await runWithUse(command, { cwd: bench.dir });
      own.push(peakMiB);
      return ms;
    });
  });
  const entries = await race(contestants, rounds);
  const size = `${tables} tables, ${statements} statements`;
  const whole: Measurement = {
    id: `whole-${name}`,
    title: `Whole history from empty: ${size}`,
    unit: 'ms',
    what: `All ${migrations.length} migrations into a fresh database by URL, one process each; psql has them in one file, each in its transaction.`,
    entries,
  };
  if (!canTellUse()) return [whole];
  // The first one was to warm up.
  const getPeaks = (entry: Entry): Entry => ({
    ...entry,
    values: entry.values.length === 0 ? [] : peaks.get(entry.name)!.slice(1),
  });
  const memory: Measurement = {
    id: `memory-${name}`,
    title: `Memory for the whole history: ${size}`,
    unit: 'MiB',
    what: 'The most that the process of the tool had at once in those runs (resident set, as wait4 tells GNU time); the server is not in it.',
    entries: entries.map(getPeaks),
  };
  return [whole, memory];
}
