import { join } from 'node:path';
import { PLINTH } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchHistory } from '../history/generate.js';
import { ensureObserved, ensureProven } from '../observed.js';
import { runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Measurement } from '../result.js';
import { startLibrary } from '../worker.js';
import { NODE_ALONE } from './start-up.js';

const NOTE_PARSER = join(process.cwd(), 'scripts/bench/drivers/note-parser.mjs');

/** Planning alone, without a database, from what is kept. */
export const planning: Measure = {
  name: 'planning',
  what: 'the plan of one table from a kept observation, and from a lock file',
  async take(bench) {
    const large = bench.folders.getHistory(bench.isQuick ? 'small' : 'large');
    await ensureObserved(bench, large);
    const kept = await takePlans(bench, large, bench.folders.getFolder(large, 'goose'), {
      id: 'planning',
      title: `Planning: one table of ${large.statements} statements, from a kept observation`,
    });
    // Proving a large one takes longer than all that is measured.
    const proven = bench.folders.getHistory('small');
    // Of its own, so that the lock file is in nobody else's way.
    const folder = bench.folders.getFolder({ ...proven, name: `${proven.name}-proven` }, 'goose');
    await ensureProven(bench, proven.name, folder);
    const lockFile = await takePlans(bench, proven, folder, {
      id: 'planning-lock-file',
      title: `Planning: one table of ${proven.statements} statements, from a lock file`,
    });
    return [kept, lockFile];
  },
};

async function takePlans(
  bench: Bench,
  history: BenchHistory,
  migrations: string,
  words: Pick<Measurement, 'id' | 'title'>,
): Promise<Measurement> {
  const env = { PLINTH_CACHE_DIR: bench.cacheDir };
  const options = { migrations, tables: [history.table] };
  const args = [PLINTH, 'plan', '--migrations', migrations, '--tables', history.table, '--json'];
  const warm = await startLibrary(env);
  const contestants: readonly Contestant[] = [
    {
      name: 'plinth plan, the program',
      role: 'plinth',
      take: async () => (await runWell({ program: process.execPath, args, env }, { cwd: bench.dir })).ms,
    },
    {
      name: 'plan(), first call of a process',
      role: 'plinth',
      async take() {
        const library = await startLibrary(env);
        const { ms } = await library.call({ call: 'plan', options });
        await library.stop();
        return ms;
      },
    },
    {
      name: 'plan(), again',
      role: 'plinth',
      take: async () => (await warm.call({ call: 'plan', options })).ms,
    },
    NODE_ALONE,
  ];
  try {
    const entries = await race(contestants, bench.getRounds(11));
    const noted = await runWell(
      { program: process.execPath, args: ['--import', NOTE_PARSER, ...args], env },
      { cwd: bench.dir },
    );
    const parser = /parser loaded: (yes|no)/.exec(noted.output)?.[1] ?? 'unknown';
    return {
      ...words,
      unit: 'ms',
      what: 'No database is asked. The program as a whole; the library’s plan() without loading the library, in a new process and in one that has planned before.',
      entries,
      facts: { 'parser of SQL loaded': parser },
    };
  } finally {
    await warm.stop();
  }
}
