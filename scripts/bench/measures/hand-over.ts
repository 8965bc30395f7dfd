import { setTimeout as sleep } from 'node:timers/promises';
import { type Applier, getPlinth } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { withDatabase } from '../fresh.js';
import { createHandOverHistory, GATE } from '../history/hand-over.js';
import { getGaps, watchLock } from '../lock-watch.js';
import { ensureObserved } from '../observed.js';
import { getLastWords, runTimed } from '../processes.js';
import type { Entry } from '../result.js';
import { ensureNotStopping } from '../stopping.js';
import { getTurns } from '../turns.js';

const WAITING = 8;
const QUIET_MS = 500;

/** From the end of one who has the lock to the next one's beginning. */
export const handOver: Measure = {
  name: 'hand-over',
  what: 'the lock goes from one to the next, with eight waiting',
  async take(bench) {
    const history = createHandOverHistory(WAITING + 1);
    await ensureObserved(bench, history);
    const appliers = bench.appliers.filter(({ role }) => role !== 'floor');
    const gaps = new Map<string, number[]>(appliers.map(({ name }) => [name, []]));
    const failures = new Map<string, string>();
    for (let round = 0; round < bench.getRounds(15).least; round += 1) {
      for (const applier of getTurns(appliers, round)) {
        if (failures.has(applier.name)) continue;
        ensureNotStopping();
        try {
          gaps.get(applier.name)!.push(...(await takeHandOvers(bench, applier)));
        } catch (error) {
          failures.set(applier.name, (error as Error).message);
        }
      }
    }
    const entries = appliers.map(({ name, role }): Entry => {
      const failure = failures.get(name);
      return {
        name,
        role,
        values: failure === undefined ? gaps.get(name)! : [],
        ...(failure && { failure }),
      };
    });
    return [
      {
        id: 'hand-over',
        title: 'Lock hand-over, eight waiting',
        unit: 'ms',
        statistic: 'p95',
        what: 'One has the lock and is let go when eight others wait; the time from its end to the next one, and so on, as pg_locks shows it to a session that looks without a pause. Of Plinth each of the eight wants another table, and so has work to do under the lock.',
        entries,
      },
    ];
  },
};

/** Nine processes on one database: what each hand-over of their lock took. */
async function takeHandOvers(bench: Bench, applier: Applier): Promise<readonly number[]> {
  const { server } = bench;
  const folder = bench.folders.getFolder(createHandOverHistory(WAITING + 1), applier.format);
  return await withDatabase(bench, async (database) => {
    const [gate, watcher] = [await server.open(database), await server.open('postgres')];
    const run = (at: number) => {
      const own = applier.role === 'plinth' ? getPlinth(bench.cacheDir, ['--tables', `hand_${at}`]) : applier;
      return runTimed(own.getCommand(server.getUrl(database), folder), { cwd: bench.dir, timeoutMs: 60_000 });
    };
    try {
      await gate.execute(`select pg_advisory_lock(${GATE})`);
      const first = run(0);
      await waitFor(
        async () =>
          (await gate.query(`select from pg_locks where not granted and objid = ${GATE}`)).length > 0,
        first,
      );
      const others = Array.from({ length: WAITING }, (_, at) => run(at + 1));
      await waitForQuiet(async () => {
        const rows = await gate.query(
          `select count(*)::int as n from pg_stat_activity where datname = '${database}'`,
        );
        return rows[0]!['n'] as number;
      });
      const watch = watchLock(watcher, database);
      await gate.execute(`select pg_advisory_unlock(${GATE})`);
      const all = await Promise.all([first, ...others]);
      const seen = await watch.stop();
      const failed = all.filter(({ code }) => code !== 0);
      if (failed.length > 0)
        throw new Error(`${failed.length} of ${WAITING + 1} failed: ${getLastWords(failed[0]!.output)}`);
      const gaps = getGaps(seen);
      if (gaps.length === 0) throw new Error('no lock was seen to go from one to another');
      return gaps;
    } finally {
      await gate.close();
      await watcher.close();
    }
  });
}

async function waitFor(isSo: () => Promise<boolean>, process: Promise<{ output: string }>): Promise<void> {
  let ended: { output: string } | null = null;
  void process.then((finished) => {
    ended = finished;
  });
  while (!(await isSo())) {
    if (ended !== null) throw new Error(`it ended: ${getLastWords((ended as { output: string }).output)}`);
    await sleep(20);
  }
}

/** Until the number has been the same for a while, and the eight are there; who fails at once is seen later. */
async function waitForQuiet(count: () => Promise<number>): Promise<void> {
  let last = -1;
  let since = performance.now();
  const begun = since;
  while (performance.now() - since < QUIET_MS && performance.now() - begun < 30_000) {
    const now = await count();
    // The gate's own session and the first one are among them.
    if (now !== last || (now < WAITING + 2 && performance.now() - begun < 5_000)) since = performance.now();
    last = now;
    await sleep(50);
  }
}
