import { join } from 'node:path';
import { findPsql } from '../appliers.js';
import type { Measure } from '../bench.js';
import { timeForward } from '../cluster/forward.js';
import { type Place, withPlace } from '../cluster/place.js';
import { runTimed, runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Role } from '../result.js';

// run-ts.mjs bundles this file, and the child is to be none of it.
const CHILD = join(process.cwd(), 'scripts/bench/drivers/first-answer.mjs');

type Answers = Readonly<Record<'first' | 'again', number>>;

/** From nothing to the first answer of a PostgreSQL in the cluster. */
export const tunnel: Measure = {
  name: 'tunnel',
  what: 'from nothing to the first answer of a PostgreSQL in the cluster',
  async take(bench) {
    const psql = findPsql(bench.server.bin);
    const entries = await withPlace(async (place) => {
      const contestants: Contestant[] = [
        createOwn(place, 'plinth, in a process that has it loaded, again', 'again'),
        createOwn(place, 'plinth, in a process that has it loaded', 'first'),
        createOwn(place, 'plinth, in a new process', 'once'),
      ];
      if (psql !== null) {
        const role: Role = 'peer';
        const take = (): Promise<number> =>
          timeForward(place, (getUrl) =>
            runWell({ program: psql, args: ['-X', '-At', '-c', 'select 1', getUrl('postgres')] }),
          );
        contestants.push({ name: 'kubectl port-forward + psql', role, take });
      }
      return await race(contestants, bench.getRounds(11));
    });
    if (entries === null) {
      bench.noteMissing('a cluster', 'npm run cluster:up');
      return [];
    }
    return [
      {
        id: 'tunnel',
        title: 'From nothing to the first answer through the tunnel',
        unit: 'ms',
        what: '“select 1” by a PostgreSQL in the cluster: with the start of Node and the imports, or in a process that has them behind it; kubectl and psql are new processes.',
        entries,
      },
    ];
  },
};

const createOwn = (
  { kubeconfig, namespace }: Place,
  name: string,
  which: keyof Answers | 'once',
): Contestant => ({
  name,
  role: 'plinth',
  async take() {
    const command = { program: process.execPath, args: [CHILD, kubeconfig, namespace, which] };
    const { code, output, ms } = await runTimed(command);
    if (code !== 0) throw new Error(output);
    return which === 'once' ? ms : (JSON.parse(output) as Answers)[which];
  },
});
