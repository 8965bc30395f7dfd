import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findAppliers } from './appliers.js';
import type { BenchOptions } from './arguments.js';
import type { Bench, Measure } from './bench.js';
import { createFolders } from './history/folders.js';
import { readGivenHistory } from './history/given.js';
import { describeMachine, describePlinth, readLoad } from './machine.js';
import { takeGiven } from './measures/given.js';
import { MEASURES } from './measures.js';
import { ensureTemporaryFolder } from './memory.js';
import { readTreeCpuMs } from './resources.js';
import type { BenchResult, Environment, Measurement } from './result.js';
import { type BenchServer, startBenchServer } from './server.js';
import { ensureNotStopping, watchStopping } from './stopping.js';

// Rounds there may be where the ratios do not settle, for each of those that there are anyway.
const PATIENCE = 2;

/** A measure that cannot be taken is named, and does not cost what the others found. */
async function takeOrNote(measure: Measure, bench: Bench): Promise<readonly Measurement[]> {
  try {
    return await measure.take(bench);
  } catch (error) {
    ensureNotStopping();
    bench.noteMissing(`the measure ${measure.name}`, (error as Error).message);
    return [];
  }
}

// On a machine that is busy with other things this is what counts.
const readCpuMs = (server: BenchServer): number =>
  (readTreeCpuMs(server.readPid()) ?? 0) + (readTreeCpuMs(process.pid) ?? 0);

/** Takes the measures that are asked for; each is told when it is done, and what there is so far is not lost where one fails. */
export async function runBench(
  options: BenchOptions,
  tell: (line: string) => void,
  onMeasured: (measurement: Measurement) => void,
): Promise<BenchResult> {
  watchStopping(tell);
  const begun = Date.now();
  const before = readLoad();
  const data = ensureTemporaryFolder();
  const dir = mkdtempSync(join(data, 'plinth-bench-'));
  const server = await startBenchServer(options.server);
  const measurements: Measurement[] = [];
  let history: string | null = null;
  const add = (found: readonly Measurement[]): void => {
    for (const measurement of found) {
      measurements.push(measurement);
      onMeasured(measurement);
    }
  };
  try {
    // One where histories have been watched, and one where none was.
    const [cacheDir, unwatched] = [join(dir, 'cache'), join(dir, 'unwatched')];
    for (const one of [cacheDir, unwatched]) mkdirSync(one);
    const appliers = findAppliers(unwatched, server.bin, options.peers);
    const missing: Record<string, string> = { ...appliers.missing };
    const bench: Bench = {
      server,
      folders: createFolders(join(dir, 'histories')),
      appliers: appliers.all,
      dir,
      cacheDir,
      getRounds(least) {
        const fixed = options.isQuick ? 1 : options.rounds;
        return fixed === null ? { least, most: PATIENCE * least } : { least: fixed, most: fixed };
      },
      isQuick: options.isQuick,
      tell,
      noteMissing: (name, how) => {
        missing[name] = how;
      },
    };
    if (options.folder !== null) {
      const scratch = server.getUrl('postgres');
      const given = await readGivenHistory(options.folder, options.table, { root: dir, cacheDir, scratch });
      history = `${given.history.name}, a folder of ${given.format}`;
      add(await takeGiven(bench, given));
    } else {
      for (const measure of MEASURES.filter(({ name }) => options.only?.includes(name) ?? true)) {
        tell(`${measure.name}: ${measure.what}`);
        const [start, before] = [performance.now(), readCpuMs(server)];
        add(await takeOrNote(measure, bench));
        const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
        tell(
          `${measure.name} took ${seconds(performance.now() - start)}, and ${seconds(readCpuMs(server) - before)} of all cores`,
        );
      }
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const environment: Environment = {
      history,
      date: new Date(begun).toISOString(),
      plinth: describePlinth(version),
      machine: describeMachine(),
      node: process.version,
      server: `${server.version}, of ${server.origin === 'system' ? 'the system' : 'Plinth’s package'}`,
      settings: server.settings,
      data,
      peers: appliers.versions,
      missing,
      load: [before, readLoad()],
    };
    const seconds = Math.round((Date.now() - begun) / 1000);
    return { format: 'plinth-bench/1', environment, seconds, measurements };
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
