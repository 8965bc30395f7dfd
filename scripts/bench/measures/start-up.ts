import { PLINTH } from '../appliers.js';
import type { Measure } from '../bench.js';
import { runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Role } from '../result.js';

const create = (name: string, role: Role, args: readonly string[]): Contestant => ({
  name,
  role,
  take: async () => (await runWell({ program: process.execPath, args })).ms,
});

/** node alone, and with the program. */
export const NODE_ALONE = create('node alone', 'floor', ['-e', '0']);

/** How long the program takes where it has nothing to do but print. */
export const startUp: Measure = {
  name: 'start-up',
  what: 'plinth --version and --help beside node alone',
  take: async (bench) => [
    {
      id: 'start-up',
      title: 'Start-up',
      unit: 'ms',
      what: 'The program prints its version, or its help; node alone runs an empty script.',
      entries: await race(
        [
          create('plinth --version', 'plinth', [PLINTH, '--version']),
          create('plinth --help', 'plinth', [PLINTH, '--help']),
          NODE_ALONE,
        ],
        bench.getRounds(31),
      ),
    },
  ],
};
