import type { Slicer } from '../slice/slice.js';
import type { Lab, ReferenceRows } from './lab.js';
import { runPool } from './pool.js';
import type { ProofCache } from './proof-cache.js';
import { runTrial } from './run-trial.js';
import type { Problem, Trial } from './trial.js';

/** Runs trials, each once: what was proven before is not proven again. */
export interface Runner {
  run(slicer: Slicer, trials: readonly Trial[], reference: ReferenceRows): Promise<void>;
  /** Of a trial that was run. */
  getProblems(trial: Trial): readonly Problem[];
  /** Trials that were really run. */
  readonly ran: number;
}

export interface RunnerOptions {
  readonly lab: Lab;
  readonly cache: ProofCache;
  /** How many at a time. */
  readonly size: number;
  /** Called with the statements that were run, of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

export function createRunner({ lab, cache, size, onProgress }: RunnerOptions): Runner {
  let [done, total, ran] = [0, 0, 0];
  return {
    run: async (slicer, trials, reference) => {
      const fresh = new Map(trials.filter(({ key }) => cache.get(key) === undefined).map((t) => [t.key, t]));
      // The longest first, so that no core is idle at the end.
      const tasks = [...fresh.values()].sort((a, b) => b.weight - a.weight);
      total += tasks.reduce((sum, { weight }) => sum + weight, 0);
      if (tasks.length > 0) onProgress(done, total);
      await runPool(tasks, size, lab.signal, async (trial) => {
        const { problems } = await runTrial(lab, slicer, trial, reference);
        await cache.add(trial.key, { problems });
        done += trial.weight;
        ran += 1;
        onProgress(done, total);
      });
    },
    getProblems: ({ key }) => cache.get(key)!.problems,
    get ran() {
      return ran;
    },
  };
}
