import { type Admin, startAdmin } from '../admin.js';
import { getPlinthCommand } from '../appliers.js';
import type { Bench, Measure } from '../bench.js';
import { startForward, timeForward } from '../cluster/forward.js';
import { EMPTY_SERVICE, type Place, withPlace } from '../cluster/place.js';
import { createDatabases } from '../databases.js';
import { createOutcomeCheck, withDatabase } from '../fresh.js';
import type { BenchHistory } from '../history/generate.js';
import { ensureObserved } from '../observed.js';
import { readOutcome } from '../outcome.js';
import { runTimed, runUntil, runWell } from '../processes.js';
import { type Contestant, race } from '../race.js';
import type { Measurement } from '../result.js';
import { startLibrary } from '../worker.js';

/** A PostgreSQL in the cluster, and a history for it. */
interface Scene {
  readonly bench: Bench;
  readonly place: Place;
  readonly admin: Admin;
  readonly history: BenchHistory;
}

/** A table of a history with many partitions, in the cluster, beside what is done there without Plinth. */
export const cluster: Measure = {
  name: 'cluster',
  what: 'one table of a history with many partitions in the cluster, and nothing to do there',
  take: (bench) =>
    takeCluster(bench, bench.folders.getHistory('partitions'), (scene) => takeDiagnosis(scene)),
};

/** One table of a history, and nothing to do, in a PostgreSQL in the cluster; with `more` where there is something else. */
export async function takeCluster(
  bench: Bench,
  history: BenchHistory,
  more?: (scene: Scene) => Promise<Measurement>,
): Promise<readonly Measurement[]> {
  await ensureObserved(bench, history);
  const found = await withPlace(async (place) => {
    const forward = await startForward(place);
    const admin = await startAdmin(forward.getUrl);
    try {
      const scene = { bench, place, admin, history };
      const last = more === undefined ? [] : [await more(scene)];
      return [await takeTable(scene), await takeNothing(scene), ...last];
    } finally {
      await admin.close();
      await forward.stop();
    }
  });
  if (found === null) bench.noteMissing('a cluster', 'npm run cluster:up');
  return found ?? [];
}

const getTarget = ({ kubeconfig, namespace }: Place): readonly string[] => [
  ...['--kubeconfig', kubeconfig, '--namespace', namespace],
];

function getCommand({ bench, place, history }: Scene, database: string, more: readonly string[]) {
  const folder = bench.folders.getFolder(history, 'goose');
  return getPlinthCommand(bench.cacheDir, folder, [...getTarget(place), '--database', database], more);
}

/** Applies the whole history with a tool behind kubectl port-forward. */
const applyForwarded = ({ bench, place, history }: Scene, name: 'goose' | 'psql', database: string) => {
  const applier = bench.appliers.find((one) => one.name === name)!;
  const folder = bench.folders.getFolder(history, applier.format);
  return timeForward(place, (getUrl) =>
    runWell(applier.getCommand(getUrl(database), folder), { cwd: bench.dir }),
  );
};

const hasApplier = ({ bench }: Scene, wanted: string): boolean =>
  bench.appliers.some(({ name }) => name === wanted);

async function takeTable(scene: Scene): Promise<Measurement> {
  const { bench, admin, history } = scene;
  const create = (
    name: string,
    role: Contestant['role'],
    check: (outcome: string) => void,
    run: (database: string) => Promise<number>,
  ): Contestant => ({
    name,
    role,
    take: () =>
      withDatabase({ server: admin }, async (database) => {
        const ms = await run(database);
        check(await readOutcome(admin, database));
        return ms;
      }),
  });
  const slice = (more: readonly string[]) => async (database: string) =>
    (await runWell(getCommand(scene, database, ['--tables', history.table, ...more]), { cwd: bench.dir })).ms;
  const whole = createOutcomeCheck();
  const window = 'now..+1month';
  const contestants = [
    create('plinth, every partition', 'plinth', createOutcomeCheck(), slice([])),
    ...(history.isPartitioned
      ? [
          create(
            `plinth, --partitions ${window}`,
            'plinth',
            createOutcomeCheck(),
            slice(['--partitions', window]),
          ),
        ]
      : []),
    ...(['goose', 'psql'] as const)
      .filter((name) => hasApplier(scene, name))
      .map((name) =>
        create(`kubectl port-forward + ${name}`, name === 'goose' ? 'peer' : 'floor', whole, (database) =>
          applyForwarded(scene, name, database),
        ),
      ),
  ];
  return {
    id: 'cluster-table',
    title: `In the cluster, one table of ${history.tables}, of ${history.statements} statements`,
    unit: 'ms',
    what: `${history.about} From empty, in a PostgreSQL in a pod. Plinth brings ${history.table} and what it stands on, from an observation that is kept; with kubectl port-forward all of the history is applied.`.trim(),
    entries: await race(contestants, bench.getRounds(9)),
    facts: await readVersions(admin),
  };
}

async function readVersions(admin: Admin): Promise<Readonly<Record<string, string>>> {
  const [row] = await admin.query('postgres', 'show server_version');
  const { output } = await runTimed({ program: 'kubectl', args: ['version', '--client', '-o', 'json'] });
  return {
    'PostgreSQL in the pod': String(row!['server_version']),
    kubectl: /"gitVersion": "([^"]+)"/.exec(output)?.[1] ?? 'of an unknown version',
  };
}

async function takeNothing(scene: Scene): Promise<Measurement> {
  const { bench, place, admin, history } = scene;
  const databases = createDatabases(admin);
  const library = await startLibrary({ PLINTH_CACHE_DIR: bench.cacheDir });
  const run = async (database: string): Promise<number> =>
    (await runWell(getCommand(scene, database, []), { cwd: bench.dir })).ms;
  const call = async (database: string): Promise<number> => {
    const { kubeconfig, namespace } = place;
    const migrations = bench.folders.getFolder(history, 'goose');
    const options = { migrations, kubeconfig, namespace, database, timeout: '5m' };
    return (await library.call({ call: 'apply', options })).ms;
  };
  const goose = (database: string): Promise<number> => applyForwarded(scene, 'goose', database);
  const create = (
    name: string,
    role: Contestant['role'],
    work: (database: string) => Promise<number>,
  ): Contestant => ({ name, role, take: async () => await work(await databases.get(name, work)) });
  try {
    const contestants = [
      create('plinth', 'plinth', run),
      create('plinth, library call in a warm process', 'plinth', call),
      ...(hasApplier(scene, 'goose') ? [create('kubectl port-forward + goose', 'peer', goose)] : []),
    ];
    return {
      id: 'cluster-nothing',
      title: 'In the cluster, nothing to do',
      unit: 'ms',
      what: `A second run of the whole history of ${history.statements} statements; each time with a new way into the cluster.`,
      entries: await race(contestants, bench.getRounds(15)),
    };
  } finally {
    await library.stop();
    await databases.drop();
  }
}

/** A service that leads to no pod: how long until somebody says so. */
async function takeDiagnosis(scene: Scene): Promise<Measurement> {
  const { bench, place } = scene;
  const options = { cwd: bench.dir, timeoutMs: 10_000 };
  const service = ['--postgres-service', EMPTY_SERVICE];
  const kubectl = [...getTarget(place), 'port-forward', `service/${EMPTY_SERVICE}`, ':5432'];
  const contestants: readonly Contestant[] = [
    {
      name: 'plinth apply',
      role: 'plinth',
      take: () => runUntil(getCommand(scene, 'bench', service), /no pod|pods? match/i, options),
    },
    {
      name: 'kubectl port-forward',
      role: 'peer',
      take: () => runUntil({ program: 'kubectl', args: kubectl }, /error|no pod|timed out/i, options),
    },
  ];
  return {
    id: 'cluster-unreachable',
    title: 'In the cluster, time to the diagnosis: a service without a pod',
    unit: 'ms',
    what: 'From the start of the process until it has written that there is none.',
    entries: await race(contestants, bench.getRounds(7)),
  };
}
