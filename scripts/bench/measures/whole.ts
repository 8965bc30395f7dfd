import { type Applier, getPlinth } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { getBestPeers } from '../compared.js';
import { createFreshContestant, createOutcomeCheck } from '../fresh.js';
import type { BenchHistory } from '../history/generate.js';
import { ensureObserved } from '../observed.js';
import { runWell } from '../processes.js';
import { type Contestant, type Rounds, race } from '../race.js';
import { canTellUse, runWithUse } from '../resources.js';
import type { Entry, Measurement } from '../result.js';

// The largest takes minutes with all of them.
const FASTEST = 2;

/** A whole history from empty by each tool, the memory that this took, and one table of it by Plinth. */
export const whole: Measure = {
  name: 'whole',
  what: 'a whole history into an empty database, and the memory for it; one table of it',
  async take(bench) {
    const { folders } = bench;
    const small = await takeWhole(bench, folders.getHistory('small'), bench.getRounds(15));
    if (bench.isQuick) return small;
    const medium = await takeWhole(bench, folders.getHistory('medium'), bench.getRounds(7));
    const fastest = getBestPeers(medium[0]!, FASTEST).map(({ name }) => name);
    const appliers = bench.appliers.filter(({ name, role }) => role !== 'peer' || fastest.includes(name));
    const large = await takeWhole(
      { ...bench, appliers },
      folders.getHistory('large'),
      bench.getRounds(7),
      `Of the peers these are the ${FASTEST} that were fastest with the history before.`,
    );
    return [...small, ...medium, ...large];
  },
};

/** Everything from empty, with the memory for it where this machine tells; and one table, in the same rounds. */
export async function takeWhole(
  bench: Bench,
  history: BenchHistory,
  rounds: Rounds,
  note = '',
): Promise<readonly Measurement[]> {
  const { name, tables, statements, table } = history;
  const size = `${tables} tables, ${statements} statements`;
  bench.tell(`${name}: ${size}`);
  await ensureObserved(bench, history);
  const memory = createMemory();
  const compared = { ...getPlinth(bench.cacheDir), name: 'plinth, and compares' };
  const anew = { ...getPlinth(bench.cacheDir, ['--no-cache']), name: 'plinth, nothing kept' };
  const slice = { ...getPlinth(bench.cacheDir, ['--tables', table]), name: 'plinth, one table' };
  const check = createOutcomeCheck();
  const entries = await race(
    [
      ...[...bench.appliers, anew, compared].map((one) =>
        createContestant(bench, history, one, check, memory),
      ),
      createContestant(bench, history, slice, createOutcomeCheck(), memory),
    ],
    rounds,
  );
  const [own, others] = [entries.slice(-1), entries.slice(0, -1)];
  return [
    {
      id: `whole-${name}`,
      title: `Whole history from empty: ${size}`,
      unit: 'ms',
      what: `All migrations into a fresh database by URL, one process each; psql has them in one file, each in its transaction. Plinth has parsed the history before, for another database, but where nothing is kept; where an observation is, it also compares the outcome with what the history leaves. ${note}`.trim(),
      entries: others,
    },
    {
      id: `one-table-${name}`,
      title: `One table from empty, of ${size}`,
      unit: 'ms',
      what: 'Plinth brings the table and what it stands on, from an observation that is kept; the others apply all of the history (the same runs as above).',
      entries: [...own, ...others.filter(({ role }) => role !== 'plinth')],
    },
    ...(canTellUse()
      ? [
          {
            id: `memory-${name}`,
            title: `Memory for the whole history: ${size}`,
            unit: 'MiB' as const,
            what: 'The most that the process of the tool had at once in those runs (resident set, as wait4 tells GNU time); the server is not in it.',
            entries: others.map((entry) => memory.get(entry)),
          },
        ]
      : []),
  ];
}

/** Peaks of memory, by the name of whose they are. */
interface Memory {
  note(name: string, peakMiB: number): void;
  get(entry: Entry): Entry;
}

function createMemory(): Memory {
  const peaks = new Map<string, number[]>();
  return {
    note: (name, peak) => void peaks.set(name, [...(peaks.get(name) ?? []), peak]),
    // The first one was to warm up.
    get: (entry) => ({ ...entry, values: entry.values.length === 0 ? [] : peaks.get(entry.name)!.slice(1) }),
  };
}

const createContestant = (
  bench: Bench,
  history: BenchHistory,
  applier: Applier,
  check: (outcome: string) => void,
  memory: Memory,
): Contestant =>
  createFreshContestant(bench, history, applier, check, async (command) => {
    if (!canTellUse()) return (await runWell(command, { cwd: bench.dir })).ms;
    const { ms, peakMiB } = await runWithUse(command, { cwd: bench.dir });
    memory.note(applier.name, peakMiB);
    return ms;
  });
