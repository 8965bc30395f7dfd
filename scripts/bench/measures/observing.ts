import { type Applier, PLINTH } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { createFreshContestant, createOutcomeCheck } from '../fresh.js';
import type { BenchHistory } from '../history/generate.js';
import { runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import { canTellUse, readTreeCpuMs, runWithUse } from '../resources.js';
import type { Measurement } from '../result.js';

/** Watching a history on a scratch server, beside just applying it. */
export const observing: Measure = {
  name: 'observing',
  what: 'watching a history beside a plain apply of it',
  async take(bench) {
    const history = bench.folders.getHistory(bench.isQuick ? 'small' : 'medium');
    const cores: number[] = [];
    const check = createOutcomeCheck();
    const plain = bench.appliers.filter(({ role }) => role === 'floor');
    const contestants = [
      createObserver(bench, history, cores),
      createOwnObserver(bench, history),
      ...plain.map((applier) => createPlain(bench, history, applier, check)),
    ];
    const entries = await race(contestants, bench.getRounds(7));
    const size = `${history.tables} tables, ${history.statements} statements`;
    const time: Measurement = {
      id: 'observing',
      title: `Observing: ${size}`,
      unit: 'ms',
      what: 'plinth plan of one table with nothing kept: the history is watched on the same server (--scratch), or on one that Plinth starts and stops for it; beside psql, which just applies it.',
      entries,
    };
    if (cores.length === 0) return [time];
    const use: Measurement = {
      id: 'observing-cores',
      title: `Cores used while observing: ${size}`,
      unit: 'cores',
      what: 'Processor time of Plinth and of the server together, by the time that passed.',
      // The first one was to warm up.
      entries: [{ name: 'plinth, the same server', role: 'plinth', values: cores.slice(1) }],
    };
    return [time, use];
  },
};

const getArgs = (bench: Bench, history: BenchHistory): readonly string[] => [
  ...[PLINTH, 'plan', '--migrations', bench.folders.getFolder(history, 'goose'), '--tables', history.table],
  ...['--no-cache', '--timeout', '10m'],
];

function createObserver(bench: Bench, history: BenchHistory, cores: number[]): Contestant {
  const args = [...getArgs(bench, history), '--scratch', bench.server.getUrl('postgres')];
  const command = { program: process.execPath, args };
  return {
    name: 'plinth, the same server',
    role: 'plinth',
    async take() {
      const pid = bench.server.readPid();
      const before = readTreeCpuMs(pid);
      if (!canTellUse() || before === null) return (await runWell(command, { cwd: bench.dir })).ms;
      const { ms, cpuMs } = await runWithUse(command, { cwd: bench.dir });
      cores.push((cpuMs + readTreeCpuMs(pid)! - before) / ms);
      return ms;
    },
  };
}

function createOwnObserver(bench: Bench, history: BenchHistory): Contestant {
  const command = { program: process.execPath, args: getArgs(bench, history) };
  return {
    name: 'plinth, a server of its own',
    role: 'plinth',
    take: async () => (await runWell(command, { cwd: bench.dir })).ms,
  };
}

function createPlain(
  bench: Bench,
  history: BenchHistory,
  applier: Applier,
  check: (outcome: string) => void,
): Contestant {
  return { ...createFreshContestant(bench, history, applier, check), name: `${applier.name}, a plain apply` };
}
