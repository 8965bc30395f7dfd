import type { Measure } from '../bench.js';
import { createFreshContestant, createOutcomeCheck } from '../fresh.js';
import type { SizeName } from '../history/generate.js';
import { race } from '../race.js';

const ROUNDS: readonly (readonly [size: SizeName, rounds: number])[] = [
  ['small', 15],
  ['medium', 9],
  ['large', 7],
];

/** A whole history from empty, by each tool. */
export const whole: Measure = {
  name: 'whole',
  what: 'a whole history into an empty database',
  async take(bench) {
    const measurements = [];
    for (const [size, rounds] of bench.isQuick ? ROUNDS.slice(0, 1) : ROUNDS) {
      const history = bench.folders.getHistory(size);
      const { tables, statements, migrations } = history;
      bench.tell(`${history.name}: ${tables} tables, ${statements} statements`);
      const check = createOutcomeCheck();
      measurements.push({
        id: `whole-${size}`,
        title: `Whole history from empty: ${tables} tables, ${statements} statements`,
        unit: 'ms' as const,
        what: `All ${migrations.length} migrations into a fresh database by URL, one process each; psql has them in one file, each in its transaction.`,
        entries: await race(
          bench.appliers.map((applier) => createFreshContestant(bench, history, applier, check)),
          bench.getRounds(rounds),
        ),
      });
    }
    return measurements;
  },
};
