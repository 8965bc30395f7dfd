import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Who made the cluster: we did, kind did in Docker, or it was there and we only know of it. */
export type Provider = 'own' | 'kind' | 'given';

/** What is known of the cluster for tests; it lies in the folder, beside its kubeconfig. */
export interface ClusterRecord {
  readonly provider: Provider;
  /** The file, of one context, that leads to the cluster as its administrator. */
  readonly kubeconfig: string;
  /** What pods of tests run; each is there already, or can be pulled. */
  readonly images: ClusterImages;
}

export interface ClusterImages {
  /** Takes the environment variables of Docker's official image. */
  readonly postgres: string;
  /** A shell, and the small programs beside it. */
  readonly busybox: string;
  /** Null where there is none. */
  readonly pgbouncer: string | null;
}

/** The folder of everything that belongs to the cluster for tests: `PLINTH_CLUSTER_DIR`, else one in the user's cache. */
export function getClusterFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env['PLINTH_CLUSTER_DIR'];
  if (given !== undefined && given !== '') return resolve(given);
  return join(envPaths('plinth', { suffix: '' }).cache, 'cluster');
}

export function getKubeconfigPath(folder: string): string {
  return join(folder, 'kubeconfig');
}

/** Null where no cluster was started, or it was taken down. */
export function readRecord(folder: string): ClusterRecord | null {
  const path = join(folder, 'cluster.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ClusterRecord) : null;
}

export function writeRecord(folder: string, record: ClusterRecord): void {
  writeWhole(join(folder, 'cluster.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Forgets the cluster, and the way to it. */
export function removeRecord(folder: string): void {
  rmSync(join(folder, 'cluster.json'), { force: true });
  rmSync(getKubeconfigPath(folder), { force: true });
}

/** Nobody reads half of it. Only the user may read it, as keys may be in it. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

// Work trees of several branches share the folder.
const KEPT = 3;

/** Leaves the newest files of a folder there, and removes the others. */
export function removeOldFiles(folder: string): void {
  const all = readdirSync(folder).map((name) => ({
    path: join(folder, name),
    age: -statSync(join(folder, name)).mtimeMs,
  }));
  for (const { path } of all.sort((a, b) => a.age - b.age).slice(KEPT))
    rmSync(path, { recursive: true, force: true });
}
