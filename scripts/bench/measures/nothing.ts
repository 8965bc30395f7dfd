import type { Measure } from '../bench.js';
import { runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';

/** A second run, by each tool, beside node alone. */
export const nothing: Measure = {
  name: 'nothing',
  what: 'a run that finds everything there',
  async take(bench) {
    const history = bench.folders.getHistory(bench.isQuick ? 'small' : 'medium');
    const databases = new Map<string, string>();
    const contestants = bench.appliers
      .filter(({ role }) => role !== 'floor')
      .map((applier): Contestant => {
        const folder = bench.folders.getFolder(history, applier.format);
        return {
          name: applier.name,
          role: applier.role,
          async take() {
            const database = databases.get(applier.name) ?? (await bench.server.createDatabase());
            const command = applier.getCommand(bench.server.getUrl(database), folder);
            if (!databases.has(applier.name)) {
              databases.set(applier.name, database);
              await runWell(command, { cwd: bench.dir });
            }
            return (await runWell(command, { cwd: bench.dir })).ms;
          },
        };
      });
    const bare: Contestant = {
      name: 'node alone',
      role: 'floor',
      take: async () => (await runWell({ program: process.execPath, args: ['-e', '0'] })).ms,
    };
    try {
      const entries = await race([...contestants, bare], bench.getRounds(21));
      return [
        {
          id: 'nothing',
          title: 'Nothing to do, by URL',
          unit: 'ms',
          what: `A second run of ${history.statements} statements that finds everything there; goose, golang-migrate and dbmate are native programs, the others start a runtime.`,
          entries,
        },
      ];
    } finally {
      for (const database of databases.values()) await bench.server.dropDatabase(database);
    }
  },
};
