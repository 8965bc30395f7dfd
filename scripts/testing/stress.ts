import { setTimeout as sleep } from 'node:timers/promises';
import type { TestingOptions } from '../../src/testing/index.js';
import { startTesting } from '../../src/testing/index.js';
import { buildWorker, startWorker, type Worker } from './workers.js';

/** What is done to a server and the databases of tests on it. */
export interface Stress {
  readonly root: string;
  /** Two projects with different histories; the workers take turns with them. */
  readonly projects: readonly [TestingOptions, TestingOptions];
  readonly workers: number;
  readonly databases: number;
  /** Databases of ours on the server, by name. */
  readDatabases(): Promise<readonly string[]>;
  restart(): Promise<void>;
}

export interface StressOutcome {
  readonly made: number;
  readonly names: number;
  /** Tests that the restart of the server cut off. */
  readonly cut: number;
  readonly killed: readonly ('while it made the template' | 'half-way')[];
  /** What a killed worker left, until the next start. */
  readonly leftByKilled: readonly string[];
  readonly templates: readonly string[];
  /** What is there at the end, but the templates: must be nothing. */
  readonly left: readonly string[];
  readonly takenMs: readonly number[];
}

const isTemplate = (name: string): boolean => name.startsWith('plinth_template_');

/**
 * Workers of two projects make and dispose of databases at once. The one that makes the first template is killed while it does,
 * another one half-way, the server is restarted in between; then a next start takes away what is left.
 */
export async function runStress(stress: Stress): Promise<StressOutcome> {
  const { databases, projects, readDatabases, root, workers } = stress;
  const { file, remove } = await buildWorker(root);
  const all: Worker[] = [];
  const start = (project: TestingOptions, count: number): Worker => {
    const worker = startWorker(file, project, count);
    all.push(worker);
    return worker;
  };
  const getMade = (): number => all.reduce((sum, { made }) => sum + made.length, 0);
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo()))
      await Promise.race([sleep(10), ...all.map(({ ended }) => ended.then(() => sleep(10)))]);
  };
  try {
    const first = start(projects[0], 1);
    await until(async () => (await readDatabases()).some((name) => name.startsWith('plinth_making_')));
    first.child.kill('SIGKILL');
    await first.ended;

    const share = Math.ceil(databases / workers);
    const running = Array.from({ length: workers }, (_, n) => start(projects[n % 2]!, share));
    const victim = running[0]!;
    await until(() => victim.made.length >= Math.floor(share / 2));
    victim.child.kill('SIGKILL');
    await victim.ended;
    const leftByKilled = (await readDatabases()).filter((name) => !isTemplate(name));
    running.push(start(projects[0], share - victim.made.length));
    await until(() => getMade() >= databases / 2);
    await stress.restart();
    await Promise.all(running.map(({ ended }) => ended));

    // The next start.
    for (const project of projects) await (await startTesting({ ...project, pool: 0 })).stop();
    const end = await readDatabases();
    const made = all.flatMap((worker) => worker.made);
    return {
      made: made.length,
      names: new Set(made.map(({ name }) => name)).size,
      cut: made.filter(({ seen }) => seen !== 0).length,
      killed: ['while it made the template', 'half-way'],
      leftByKilled,
      templates: end.filter(isTemplate),
      left: end.filter((name) => !isTemplate(name)),
      takenMs: made.map(({ elapsedMs }) => elapsedMs),
    };
  } finally {
    for (const { child } of all) if (child.exitCode === null) child.kill('SIGKILL');
    await remove();
  }
}
