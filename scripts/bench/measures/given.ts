import type { Bench } from '../bench.js';
import type { GivenHistory } from '../history/given.js';
import type { Measurement } from '../result.js';
import { takeCluster } from './cluster.js';
import { takeNothing } from './nothing.js';
import { takeWhole } from './whole.js';

/** All of a folder, one table of it, and nothing to do, by URL and in the cluster: beside psql, and the tool that it is written for where that is one of the peers. */
export async function takeGiven(bench: Bench, given: GivenHistory): Promise<readonly Measurement[]> {
  const { history, format, folders } = given;
  const readers = bench.appliers.filter(
    ({ name, role }) => role === 'plinth' || name === 'psql' || name === format,
  );
  const here: Bench = { ...bench, folders, appliers: readers };
  bench.tell(`${history.name}: ${format}; the table is ${history.table}`);
  return [
    ...(await takeWhole(here, history, bench.getRounds(9))),
    ...(await takeNothing(here, history)),
    ...(await takeCluster(here, history)),
  ];
}
