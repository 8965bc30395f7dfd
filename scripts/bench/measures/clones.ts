import { setTimeout as sleep } from 'node:timers/promises';
import { findPsql } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { type Cloner, createPlinthCloner } from '../cloners/cloner.js';
import { startIntegresql } from '../cloners/integresql.js';
import { startPgtestdb } from '../cloners/pgtestdb.js';
import { createSnapshotMethod } from '../cloners/snapshot.js';
import type { BenchHistory } from '../history/generate.js';
import { type Contestant, race } from '../race.js';
import type { Entry } from '../result.js';

// So that those who make databases ahead have them ready.
const PAUSE_MS = 300;

/** A test's database, by those who make them. */
export const clones: Measure = {
  name: 'clones',
  what: 'a database for a test, from a template and from those that are ready',
  async take(bench) {
    const history = bench.folders.getHistory(bench.isQuick ? 'small' : 'medium');
    const size = `${history.tables} tables, ${history.statements} statements`;
    return [
      {
        id: 'clone',
        title: `A test’s database, copied when it is asked for: ${size}`,
        unit: 'ms',
        what: 'From the call until there is a new database; nobody connects to it in that time. IntegreSQL is asked when it has none ready. Testcontainers: the two commands of its restoreSnapshot by psql on this server, without the container that they are sent into.',
        entries: await takeAll(bench, await startCopying(bench, history)),
      },
      {
        id: 'clone-ready',
        title: `A test’s database, one that is ready: ${size}`,
        unit: 'ms',
        what: `The same from a pool that had ${PAUSE_MS} ms to fill; IntegreSQL is asked by HTTP.`,
        entries: await takeAll(bench, await startPools(bench, history)),
      },
    ];
  },
};

async function takeAll(bench: Bench, cloners: readonly Cloner[]): Promise<readonly Entry[]> {
  try {
    return await race(cloners.map(createContestant), bench.getRounds(15));
  } finally {
    for (const cloner of cloners) await cloner.stop();
  }
}

const createContestant = ({ name, role, take }: Cloner): Contestant => ({
  name,
  role,
  async take() {
    await sleep(PAUSE_MS);
    return await take();
  },
});

async function startCopying(bench: Bench, history: BenchHistory): Promise<readonly Cloner[]> {
  const psql = findPsql(bench.server.bin);
  return [
    await createPlinthCloner(bench, history, 'plinth', 0),
    ...(await startPgtestdb(bench, history)),
    ...(psql === null ? [] : await startIntegresql(bench, history, psql, 'integresql, none ready')),
    ...(psql === null ? [] : [await createSnapshotMethod(bench, history, psql)]),
  ];
}

async function startPools(bench: Bench, history: BenchHistory): Promise<readonly Cloner[]> {
  const psql = findPsql(bench.server.bin);
  return [
    await createPlinthCloner(bench, history, 'plinth, a warm pool', 4),
    ...(psql === null ? [] : await startIntegresql(bench, history, psql, 'integresql')),
  ];
}
