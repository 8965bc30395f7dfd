import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreV1Api, KubeConfig, KubernetesObject, V1Pod, V1Status } from '@kubernetes/client-node';
import { inject } from 'vitest';
import type { ClusterRecord } from '../../scripts/cluster/folder.js';

const FORGOTTEN_MS = 2 * 3600_000;

/** For `describe.skipIf(!hasCluster)`. */
export const hasCluster = inject('cluster') !== null;

/** A cluster of another machine may be slow; a condition that holds ends the wait at once. */
const WAIT_MS = 180_000;

/** The cluster that tests were given: its kubeconfig and images; throws where there is none. */
export function getCluster(): ClusterRecord {
  const cluster = inject('cluster');
  if (cluster === null) throw new Error('there is no cluster: describe.skipIf(!hasCluster)');
  return cluster;
}

/** The official client, imported only where a cluster is. */
export const loadClient = (): Promise<typeof import('@kubernetes/client-node')> =>
  import('@kubernetes/client-node');

/** The administrator's way into the cluster. */
export async function createAdminConfig(): Promise<KubeConfig> {
  const { KubeConfig } = await loadClient();
  const config = new KubeConfig();
  config.loadFromFile(getCluster().kubeconfig);
  return config;
}

/** What a command in a pod wrote, and how it ended. */
export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An object of any kind, with what its kind has: `spec`, `data` … */
export type ClusterObject = KubernetesObject & Readonly<Record<string, unknown>>;

/** A namespace of a test's own, with what a test does there as administrator. */
export interface TestNamespace {
  readonly name: string;
  readonly config: KubeConfig;
  /** Creates objects of any kind, in the order given, in this namespace unless they name one. */
  create(...objects: readonly ClusterObject[]): Promise<void>;
  /** The pod as it is now; null where there is none. */
  readPod(name: string): Promise<V1Pod | null>;
  /** Pods that a selector such as `app=postgres` matches. */
  listPods(selector?: string): Promise<readonly V1Pod[]>;
  /** Waits until a pod, by name or as the one that a selector matches, is as it is to be; the error tells how it is. */
  waitForPod(which: string, isSo: (pod: V1Pod) => boolean): Promise<V1Pod>;
  /** Deletes a pod at once, and waits until it is gone or another one has its name. */
  deletePod(name: string): Promise<void>;
  readLog(pod: string, options?: { readonly previous?: boolean }): Promise<string>;
  /** Runs a program in the pod's first container. */
  execute(pod: string, ...command: readonly string[]): Promise<Executed>;
  /** Deletes the namespace with all in it; waits for its end only where asked. */
  remove(options?: { readonly wait?: boolean }): Promise<void>;
}

/** Creates a namespace with a unique name, in which pods can be made at once. */
export async function createNamespace(prefix = 'plinth-test'): Promise<TestNamespace> {
  const client = await loadClient();
  const config = await createAdminConfig();
  const core = config.makeApiClient(client.CoreV1Api);
  await removeForgotten(core);
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name, labels: { 'plinth-test': 'true' } } } });
  // Pods are refused before the controller has made it.
  await waitFor(`the service account of ${name}`, () =>
    orNull(core.readNamespacedServiceAccount({ namespace: name, name: 'default' })),
  );

  return await openNamespace(name);
}

/** A namespace that is there already. */
export async function openNamespace(name: string): Promise<TestNamespace> {
  const client = await loadClient();
  const config = await createAdminConfig();
  const core = config.makeApiClient(client.CoreV1Api);
  const objects = client.KubernetesObjectApi.makeApiClient(config);
  const listPods: TestNamespace['listPods'] = async (labelSelector) => {
    const list = await core.listNamespacedPod({
      namespace: name,
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
    return list.items;
  };
  const readPod = (pod: string): Promise<V1Pod | null> =>
    orNull(core.readNamespacedPod({ namespace: name, name: pod }));

  return {
    name,
    config,
    listPods,
    readPod,
    async create(...all) {
      for (const object of all) {
        const metadata = { namespace: name, ...object.metadata };
        await objects.create({ ...object, metadata });
      }
    },
    async waitForPod(which, isSo) {
      const select = async (): Promise<V1Pod | null> =>
        which.includes('=') ? ((await listPods(which))[0] ?? null) : await readPod(which);
      let last: V1Pod | null = null;
      const get = async (): Promise<V1Pod | null> => {
        last = await select();
        return last !== null && isSo(last) ? last : null;
      };
      return waitFor(`pod ${which}`, get, () => JSON.stringify(last?.status ?? 'no such pod'));
    },
    async deletePod(pod) {
      const before = await readPod(pod);
      await core.deleteNamespacedPod({ namespace: name, name: pod, gracePeriodSeconds: 0 });
      await waitFor(`the end of ${pod}`, async () => {
        const now = await readPod(pod);
        return now === null || now.metadata?.uid !== before?.metadata?.uid ? true : null;
      });
    },
    readLog: (pod, { previous = false } = {}) =>
      core.readNamespacedPodLog({ namespace: name, name: pod, previous }),
    async execute(pod, ...command) {
      const container = (await readPod(pod))?.spec?.containers[0]?.name ?? '';
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      const texts = [stdout.setEncoding('utf8').toArray(), stderr.setEncoding('utf8').toArray()];
      const status = await new Promise<V1Status>((resolve, reject) => {
        new client.Exec(config)
          .exec(name, pod, container, [...command], stdout, stderr, null, false, resolve)
          .then(
            (socket) => socket.addEventListener('close', () => reject(new Error('it was cut off'))),
            reject,
          );
      });
      stdout.end();
      stderr.end();
      const [out, err] = await Promise.all(texts);
      return { code: getExitCode(status), stdout: out!.join(''), stderr: err!.join('') };
    },
    async remove({ wait = false } = {}) {
      await orNull(core.deleteNamespace({ name }));
      // A namespace that ends takes no new pods, and those that ignore SIGTERM would make it wait.
      await orNull(core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }));
      if (!wait) return;
      await waitFor(`the end of ${name}`, async () =>
        (await orNull(core.readNamespace({ name }))) === null ? true : null,
      );
    },
  };
}

// Of runs that were killed: their pods would crash and be started again for ever.
async function removeForgotten(core: CoreV1Api): Promise<void> {
  const { items } = await core.listNamespace({ labelSelector: 'plinth-test=true' });
  const forgotten = items
    .map(({ metadata }) => metadata!)
    .filter(({ creationTimestamp }) => Date.now() - creationTimestamp!.getTime() > FORGOTTEN_MS);
  for (const { name } of forgotten) await orNull(core.deleteNamespace({ name: name! })).catch(() => {});
}

/** True for a pod that its services send connections to. */
export function isReady(pod: V1Pod): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return condition?.status === 'True' && pod.metadata?.deletionTimestamp === undefined;
}

/** Asks until there is an answer other than null; the error has what `describe` says then. */
export async function waitFor<T>(
  what: string,
  get: () => Promise<T | null>,
  describe: () => string = () => '',
): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const got = await get();
    if (got !== null) return got;
    if (Date.now() > end) throw new Error(`waited ${WAIT_MS / 1000} s for ${what}: ${describe()}`);
    await sleep(100);
  }
}

/** Null where the object is not there. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return null;
    throw error;
  }
}

// https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/client-go/tools/remotecommand/v4.go
function getExitCode(status: V1Status): number {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  if (cause?.message === undefined) throw new Error(status.message ?? 'the command could not be run');
  return Number(cause.message);
}
