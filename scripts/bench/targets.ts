import { findEntry, getBestPeer, getEntryRatio, getFigure } from './compared.js';
import type { BenchResult, Entry, Measurement } from './result.js';

/** What the project wants to reach, and what a run came to. */
export interface Target {
  readonly work: string;
  readonly target: string;
  readonly found: string;
  /** Null: this run says nothing of it. */
  readonly met: boolean | null;
}

type Measurements = ReadonlyMap<string, Measurement>;

/** The figure of a target; null where it was not measured. */
interface Found {
  readonly value: number;
  readonly text: string;
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const times = (value: number): string => `${value.toFixed(2)}×`;

/** Every target, by what was measured; none for a folder that was given, as they are about the generated ones. */
export function getTargets({ measurements, environment }: BenchResult): readonly Target[] {
  if (environment.history !== null) return [];
  const all = new Map(measurements.map((one) => [one.id, one]));
  return [
    ...['small', 'medium', 'large'].flatMap((size) => getWhole(all, size)),
    ...getCluster(all),
    ...getNothing(all),
    create(
      'lock hand-over from one applier to the next, 8 waiting',
      'p95 under 50 ms',
      getOwn(all, 'hand-over', 'plinth'),
      50,
    ),
    ...getPlanning(all),
    ...getObserving(all),
    ...['plinth --version', 'plinth --help'].map((name) =>
      create(`\`${name}\``, 'at most 1.5× node alone', getRatio(all, 'start-up', name, 'node alone'), 1.5),
    ),
    ...getClones(all),
  ];
}

function create(work: string, target: string, found: Found | null, most: number, least = -Infinity): Target {
  if (found === null) return { work, target, found: 'not measured', met: null };
  return { work, target, found: found.text, met: found.value <= most && found.value >= least };
}

function getOwn(all: Measurements, id: string, name: string): Found | null {
  const measurement = all.get(id);
  const entry = measurement === undefined ? null : findEntry(measurement, name);
  if (entry === null) return null;
  const value = getFigure(measurement!, entry);
  return { value, text: measurement!.unit === 'cores' ? value.toFixed(2) : ms(value) };
}

/** How many times as long as another entry, or as the best peer. */
function getRatio(all: Measurements, id: string, name: string, other?: string): Found | null {
  const measurement = all.get(id);
  if (measurement === undefined) return null;
  const reference = other === undefined ? getBestPeer(measurement) : findEntry(measurement, other);
  const value = getEntryRatio(measurement, findEntry(measurement, name), reference);
  return value === null ? null : { value, text: `${times(value)} ${reference!.name}` };
}

/** How many times as fast as another entry. */
function getSpeed(all: Measurements, id: string, name: string, other: string): Found | null {
  const measurement = all.get(id);
  if (measurement === undefined) return null;
  const [entry, reference] = [findEntry(measurement, name), findEntry(measurement, other)];
  const value = getEntryRatio(measurement, reference as Entry | null, entry);
  return value === null ? null : { value, text: `${times(value)} as fast as ${other}` };
}

function getWhole(all: Measurements, size: string): readonly Target[] {
  const id = `whole-${size}`;
  return (['plinth', 'plinth, nothing kept'] as const).flatMap((name) => {
    const work = `whole history from empty, by URL: ${size}${name.slice('plinth'.length)}`;
    return [
      create(work, 'within 1.1× of psql', getRatio(all, id, name, 'psql'), 1.1),
      create(work, 'ahead of every migration tool', getRatio(all, id, name), 1),
    ];
  });
}

function getCluster(all: Measurements): readonly Target[] {
  const goose = 'kubectl port-forward + goose';
  const table = 'one table of a history with many partitions, in the cluster';
  const speed = (id: string, name: string): Found | null => getSpeed(all, id, name, goose);
  const window = 'plinth, --partitions now..+1month';
  const library = 'plinth, library call in a warm process';
  return [
    create(
      `${table}, every partition`,
      `at least 2× as fast as ${goose}`,
      speed('cluster-table', 'plinth, every partition'),
      Infinity,
      2,
    ),
    create(
      `${table}, \`now..+1month\``,
      `at least 6× as fast as ${goose}`,
      speed('cluster-table', window),
      Infinity,
      6,
    ),
    create(
      'nothing to do, in the cluster',
      `not slower than ${goose}`,
      getRatio(all, 'cluster-nothing', 'plinth', goose),
      1,
    ),
    create(
      'nothing to do, in the cluster, library call',
      `at least 1.5× as fast as ${goose}`,
      speed('cluster-nothing', library),
      Infinity,
      1.5,
    ),
  ];
}

function getNothing(all: Measurements): readonly Target[] {
  const own = getOwn(all, 'nothing', 'plinth');
  const bare = getOwn(all, 'nothing', 'node alone');
  const more = own === null || bare === null ? null : own.value - bare.value;
  const found = more === null ? null : { value: more, text: `node alone plus ${ms(more)}` };
  return [
    create('nothing to do, by URL', 'node alone plus 40 ms at most', found, 40),
    create(
      'nothing to do, by URL, library call in a warm process',
      'under 5 ms',
      getOwn(all, 'nothing-warm', 'plinth, library call'),
      5,
    ),
  ];
}

function getPlanning(all: Measurements): readonly Target[] {
  return [
    ['planning', 'from a kept observation'],
    ['planning-lock-file', 'from a lock file'],
  ].map(([id, how]) => {
    const found = getOwn(all, id!, 'plan(), first call of a process');
    const isLoaded = all.get(id!)?.facts?.['parser of SQL loaded'];
    const said = found && { ...found, text: `${found.text}, parser loaded: ${isLoaded ?? 'unknown'}` };
    const target = create(`planning ${how}`, 'under 100 ms, no parser loaded', said, 100);
    return { ...target, met: target.met && isLoaded === 'no' };
  });
}

function getObserving(all: Measurements): readonly Target[] {
  return [
    create(
      'observing',
      'at most 8× a plain apply',
      getRatio(all, 'observing', 'plinth, the same server', 'psql, a plain apply'),
      8,
    ),
    // One core would be 1; nothing keeps both busy all the time.
    create(
      'observing',
      'two cores used (1.5 or more)',
      getOwn(all, 'observing-cores', 'plinth, the same server'),
      Infinity,
      1.5,
    ),
  ];
}

function getClones(all: Measurements): readonly Target[] {
  const work = 'a test database copied from a template';
  return [
    ...['pgtestdb', 'integresql, none ready'].map((name) =>
      create(work, `not slower than ${name}`, getRatio(all, 'clone', 'plinth', name), 1),
    ),
    create(
      'a test database from a warm pool',
      'under 5 ms',
      getOwn(all, 'clone-ready', 'plinth, a warm pool'),
      5,
    ),
  ];
}
