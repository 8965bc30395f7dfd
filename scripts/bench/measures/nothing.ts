import type { Applier } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { createDatabases, type Databases } from '../databases.js';
import type { BenchHistory } from '../history/generate.js';
import { runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Measurement } from '../result.js';
import { startLibrary } from '../worker.js';
import { NODE_ALONE } from './start-up.js';

/** A second run, by each tool, beside node alone, and as a call in a process that is warm. */
export const nothing: Measure = {
  name: 'nothing',
  what: 'a run that finds everything there',
  take: (bench) => takeNothing(bench, bench.folders.getHistory(bench.isQuick ? 'small' : 'medium')),
};

/** Each has applied the history before. */
export async function takeNothing(bench: Bench, history: BenchHistory): Promise<readonly Measurement[]> {
  const databases = createDatabases(bench.server);
  try {
    const contestants = bench.appliers
      .filter(({ role }) => role !== 'floor')
      .map((applier) => createAgain(bench, history, applier, databases));
    const entries = await race([...contestants, NODE_ALONE], bench.getRounds(15));
    return [
      {
        id: 'nothing',
        title: 'Nothing to do, by URL',
        unit: 'ms',
        what: `A second run of ${history.statements} statements that finds everything there, one process each. goose, golang-migrate and dbmate are native programs; the others start a runtime.`,
        entries,
      },
      await takeWarm(bench, history),
    ];
  } finally {
    await databases.drop();
  }
}

function createAgain(
  bench: Bench,
  history: BenchHistory,
  applier: Applier,
  databases: Databases,
): Contestant {
  const folder = bench.folders.getFolder(history, applier.format);
  const run = async (database: string): Promise<number> =>
    (await runWell(applier.getCommand(bench.server.getUrl(database), folder), { cwd: bench.dir })).ms;
  return {
    name: applier.name,
    role: applier.role,
    take: async () => await run(await databases.get(applier.name, run)),
  };
}

async function takeWarm(bench: Bench, history: BenchHistory): Promise<Measurement> {
  const library = await startLibrary({ PLINTH_CACHE_DIR: bench.cacheDir });
  const databases = createDatabases(bench.server);
  try {
    const url = bench.server.getUrl(await databases.get('library', async () => 0));
    const options = { migrations: bench.folders.getFolder(history, 'goose'), url, timeout: '5m' };
    // The first one applies it.
    await library.call({ call: 'apply', options });
    const contestant: Contestant = {
      name: 'plinth, library call',
      role: 'plinth',
      async take() {
        const { ms, outcome } = await library.call({ call: 'apply', options });
        if (outcome !== 'nothing-to-do') throw new Error(`the outcome was ${outcome}`);
        return ms;
      },
    };
    return {
      id: 'nothing-warm',
      title: 'Nothing to do, by URL, in a warm process',
      unit: 'ms',
      what: 'apply() again and again in one process; each call opens a connection of its own. No other tool is called here: they are programs.',
      entries: await race([contestant], bench.getRounds(31)),
    };
  } finally {
    await library.stop();
    await databases.drop();
  }
}
