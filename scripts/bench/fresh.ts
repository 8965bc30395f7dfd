import type { Command } from '../peers/peers.js';
import type { Admin } from './admin.js';
import type { Applier } from './appliers.js';
import type { Bench } from './bench.js';
import type { BenchHistory } from './history/generate.js';
import { readOutcome } from './outcome.js';
import { runWell } from './processes.js';
import type { Contestant } from './race.js';

/** Gives what the work took, with a database that is there before and gone afterwards. */
export async function withDatabase<T>(
  { server }: { readonly server: Pick<Admin, 'createDatabase' | 'dropDatabase'> },
  work: (database: string) => Promise<T>,
  template?: string,
): Promise<T> {
  const database = await server.createDatabase(template);
  try {
    return await work(database);
  } finally {
    await server.dropDatabase(database);
  }
}

/** Tells whether an outcome is that of the first who came to an end. */
export function createOutcomeCheck(): (outcome: string) => void {
  let first: string | undefined;
  return (outcome) => {
    first ??= outcome;
    if (outcome !== first) throw new Error(`left ${outcome} and not ${first}`);
  };
}

/** Applies a whole history to an empty database; `run` gives what that took. */
export function createFreshContestant(
  bench: Bench,
  history: BenchHistory,
  applier: Applier,
  ensureOutcome: (outcome: string) => void,
  run: (command: Command) => Promise<number> = async (command) =>
    (await runWell(command, { cwd: bench.dir })).ms,
): Contestant {
  const folder = bench.folders.getFolder(history, applier.format);
  return {
    name: applier.name,
    role: applier.role,
    take: () =>
      withDatabase(bench, async (database) => {
        const ms = await run(applier.getCommand(bench.server.getUrl(database), folder));
        ensureOutcome(await readOutcome(bench.server, database));
        return ms;
      }),
  };
}
