import { type Api, ApiError, createApi } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import { type ClusterObject, getApplyAsk, getDeleteAsk, getObjectAsk } from '../cluster/kinds.js';
import { readKubeConfig } from '../cluster/kube-config.js';
import type { EventObject, List, Pod } from '../cluster/objects.js';
import type { Wanted } from '../cluster/surroundings.js';
import { waitForChange } from '../cluster/watch.js';
import { readEvidence } from '../diagnose/evidence.js';
import { lookFor } from '../diagnose/look.js';
import { createObstacleError, type Obstacle } from '../diagnose/obstacle.js';
import { getRequestObstacle } from '../diagnose/request.js';
import { PlinthError } from '../errors.js';

/** How long a step may take, and what stops it. */
export interface Within {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Objects of a cluster: made, changed and taken away; what the API server refuses is told as obstacles are. */
export interface Workloads {
  readonly api: Api;
  /** Brings objects to be what they should, one after another; others may do the same at once. */
  apply(objects: readonly ClusterObject[], signal?: AbortSignal): Promise<void>;
  /** Makes an object that is not there yet; one that is stays as it is. True where it was made. */
  createOnce(object: ClusterObject, signal?: AbortSignal): Promise<boolean>;
  read<T>(object: ClusterObject, signal?: AbortSignal): Promise<T | null>;
  /** True where a namespace has pods with these labels, ending ones among them. */
  hasPods(namespace: string, selector: string, signal?: AbortSignal): Promise<boolean>;
  /** Takes an object away; true where there was one. */
  remove(object: ClusterObject, signal?: AbortSignal): Promise<boolean>;
  /** Waits, by watching, until a pod of a workload is ready; what waiting cannot mend is an error at once. */
  waitForReady(workload: ClusterObject, pods: Pods, within: Within): Promise<void>;
}

/** What finds the pods of a workload, and the port by which they are used. */
export interface Pods {
  readonly selector: string;
  readonly port: string;
}

/** Reads the kubeconfig; nothing is asked of the cluster yet. */
export async function createWorkloads(
  kubeconfig: string | null,
  context: string | null = null,
): Promise<Workloads> {
  const api = createApi(await readKubeConfig({ kubeconfig, context }));
  const tell = <T>(work: Promise<T>): Promise<T> => withObstacle(api, work);
  const orNull = async <T>(work: Promise<T>, status: number): Promise<T | null> =>
    await work.catch((error: unknown) => {
      if (error instanceof ApiError && error.status === status) return null;
      throw error;
    });
  return {
    api,
    async apply(objects, signal) {
      for (const object of objects) await tell(api.apply(getApplyAsk(object), object, signal));
    },
    async createOnce(object, signal) {
      const { name, ...ask } = getObjectAsk('create', object);
      const path = ask.path.slice(0, ask.path.lastIndexOf('/'));
      return (await tell(orNull(api.create({ ...ask, name, path }, object, signal), 409))) !== null;
    },
    read: async <T>(object: ClusterObject, signal?: AbortSignal) =>
      await tell(orNull(api.read<T>(getObjectAsk('get', object), signal), 404)),
    async hasPods(namespace, selector, signal) {
      const { items } = await tell(api.read<List<Pod>>(ASKS.pods(namespace, selector), signal));
      return items.length > 0;
    },
    async remove(object, signal) {
      return (
        (await tell(
          orNull(
            api.delete(getDeleteAsk(object), signal).then(() => true),
            404,
          ),
        )) ?? false
      );
    },
    waitForReady: (workload, pods, within) => waitForReady(api, workload, pods, within),
  };
}

/** What the API server refuses is told as obstacles are. */
export async function withObstacle<T>(api: Api, work: Promise<T>): Promise<T> {
  return await work.catch((error: unknown) => {
    const obstacle = getRequestObstacle(error, api.access);
    throw obstacle === null ? error : createObstacleError([obstacle], error);
  });
}

async function waitForReady(
  api: Api,
  workload: ClusterObject,
  { selector, port }: Pods,
  { timeoutMs, signal }: Within,
): Promise<void> {
  const namespace = workload.metadata.namespace ?? 'default';
  const wanted: Wanted = { namespace, service: null, pod: null, selector, port };
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (signal?.aborted === true)
      throw new PlinthError('ABORTED', { phase: `waiting for ${workload.metadata.name}` });
    const seen = await lookFor(api, wanted, signal);
    if ('endpoints' in seen) return;
    const obstacles = await withRefusal(api, workload, seen.obstacles, signal);
    const left = end - performance.now();
    if (left <= 50 || !obstacles.some(isPassing)) {
      throw createObstacleError(
        await Promise.all(obstacles.slice(0, 5).map((one) => readEvidence(api, namespace, one, signal))),
      );
    }
    await waitForChange(api, seen.surroundings, left, signal);
  }
}

// The pods of a workload that was just made are not there yet, whatever other pods are called.
const isPassing = ({ code, passing }: Obstacle): boolean => passing || code === 'SERVICE_WITHOUT_PODS';
// What waiting does not mend. A service account, say, may come a moment later than its pods.
const LASTING = /exceeded quota|violates PodSecurity/;

// Where there are no pods at all, the workload's own events say whether its controller may make them.
async function withRefusal(
  api: Api,
  workload: ClusterObject,
  obstacles: readonly Obstacle[],
  signal: AbortSignal | undefined,
): Promise<readonly Obstacle[]> {
  if (obstacles[0]?.code !== 'SERVICE_WITHOUT_PODS') return obstacles;
  const refusal = await readRefusal(api, workload, signal);
  return refusal === null ? obstacles : [refusal];
}

/** Why the controller of a workload may make no pods, as the latest event says; null where none does. */
export async function readRefusal(
  api: Api,
  { kind, metadata: { name, namespace = 'default' } }: ClusterObject,
  signal?: AbortSignal,
): Promise<Obstacle | null> {
  const query = new URLSearchParams({ fieldSelector: 'reason=FailedCreate' });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events?${query}`;
  const ask = { verb: 'list', resource: 'events', group: '', namespace, name: null, path } as const;
  const events = await api.read<List<EventObject>>(ask, signal).catch(() => null);
  // A Deployment's pods are made by a ReplicaSet of its name and a suffix.
  const refused = events?.items.findLast(
    ({ involvedObject }) => involvedObject?.name?.startsWith(name) === true,
  );
  if (refused === undefined) return null;
  const reason = refused.message ?? '';
  return { code: 'WORKLOAD_REFUSED', args: { kind, name, reason }, passing: !LASTING.test(reason) };
}
