import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, ApiError } from '../../cluster/api.js';
import { type FleetName, getFleetSelector, getListAsk } from '../../cluster/fleet/names.js';
import { readShardResults, type ShardObject } from '../../cluster/fleet/shard.js';
import { getObjectAsk } from '../../cluster/kinds.js';
import type { Condition, List, Pod } from '../../cluster/objects.js';
import { createObstacleError, getFinding, type Obstacle } from '../../diagnose/obstacle.js';
import { getPodObstacle } from '../../diagnose/pod.js';
import type { TargetResult } from '../../model/fleet.js';
import type { Context } from '../prepared.js';
import { readRefusal, type Workloads } from '../workload.js';
import { getEnd, type JobObject } from './state.js';

/** A Job that is waited for. */
export interface Following {
  readonly workloads: Workloads;
  readonly name: FleetName;
  readonly job: string;
  readonly context: Context;
  /** Called with each result once. */
  readonly onResult: (result: TargetResult) => void;
  /** True once so many failed that the rest is to be left. */
  readonly isEnough: () => boolean;
}

/** How a Job ended: its own condition, or suspended; null: somebody took it away. */
export type JobEnd = Condition | 'suspended' | null;

const LOOK_MS = 1_000;
// A pod that is stopped has 30 seconds.
const STOPPING_MS = 35_000;

/**
 * Waits until a Job has ended, with the results of its pods as they come. It is suspended when the signal fires, when enough
 * failed, and when its pods cannot run.
 *
 * @throws PlinthError where no pod of it can run and waiting does not help
 */
export async function followJob(following: Following): Promise<JobEnd> {
  const { context, isEnough, job, name, workloads } = following;
  const { api } = workloads;
  const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: job, namespace: name.namespace } };
  const shards = createShardReader(following);
  const ended = new AbortController();
  const watching = watchShards(following, shards.read, ended.signal);
  let told = '';
  const look = async (): Promise<JobEnd | undefined> => {
    const found = await workloads.read<JobObject>(object);
    if (found === null) return null;
    const end = getEnd(found);
    if (end !== null) return end;
    if (context.signal?.aborted === true || isEnough() || found.spec.suspend === true) {
      await suspendJob(workloads, name.namespace, job);
      return 'suspended';
    }
    const obstacle = shards.count() > 0 ? null : await readObstacle(api, found, name.namespace);
    if (obstacle === null) return undefined;
    if (!obstacle.passing) {
      await suspendJob(workloads, name.namespace, job);
      throw createObstacleError([obstacle]);
    }
    const words = JSON.stringify([obstacle.code, obstacle.args]);
    if (words !== told) {
      told = words;
      context.onEvent?.({
        type: 'waiting',
        forWhat: 'pod',
        holder: null,
        finding: getFinding(obstacle),
        elapsedMs: 0,
      });
    }
    return undefined;
  };
  try {
    for (;;) {
      const end = await look().catch((error: unknown) => {
        // An API server that is away for a while.
        if ((error as { code?: string }).code === 'API_UNREACHABLE' && context.signal?.aborted !== true)
          return undefined;
        throw error;
      });
      if (end !== undefined) return end;
      await sleep(LOOK_MS, undefined, context.signal === undefined ? {} : { signal: context.signal }).catch(
        () => {},
      );
    }
  } finally {
    ended.abort();
    await watching;
    await readShards(following, shards.read).catch(() => {});
  }
}

/** Keeps a Job from making more pods, ends those that run, and waits until they have. */
export async function suspendJob({ api }: Workloads, namespace: string, job: string): Promise<void> {
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, namespace },
    spec: { suspend: true },
  };
  await api.apply(getObjectAsk('patch', object, '?fieldManager=plinth-suspend&force=true'), object);
  const end = performance.now() + STOPPING_MS;
  while (performance.now() < end) {
    const pods = await readPods(api, namespace, job);
    if (!pods.some(({ status }) => status.phase === 'Running' || status.phase === 'Pending')) return;
    await sleep(LOOK_MS / 4);
  }
}

const readPods = async (api: Api, namespace: string, job: string): Promise<readonly Pod[]> => {
  const query = { labelSelector: `batch.kubernetes.io/job-name=${job}` };
  return (await api.read<List<Pod>>(getListAsk('list', 'pods', namespace, query))).items;
};

/** What keeps the pods of a Job from running; null where they run. */
async function readObstacle(api: Api, job: JobObject, namespace: string): Promise<Obstacle | null> {
  if ((job.status?.ready ?? 0) > 0) return null;
  try {
    const pods = await readPods(api, namespace, job.metadata.name);
    if (pods.length === 0) return await readRefusal(api, job);
    const waiting = pods.filter(({ status }) => status.phase === 'Pending');
    const obstacles = waiting.map(getPodObstacle).filter((one) => one !== null);
    return (
      obstacles.find(({ passing }) => !passing) ??
      obstacles.find(({ code }) => code === 'POD_UNSCHEDULABLE') ??
      null
    );
  } catch (error) {
    // Who may not look at pods waits for the Job alone.
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function createShardReader({ job, onResult }: Following) {
  const seen = new Map<string, number>();
  const read = (shard: ShardObject): void => {
    if (!shard.metadata.name.startsWith(`${job}-`)) return;
    const results = readShardResults(shard);
    for (const result of results.slice(seen.get(shard.metadata.name) ?? 0)) onResult(result);
    seen.set(shard.metadata.name, Math.max(results.length, seen.get(shard.metadata.name) ?? 0));
  };
  const count = (): number => [...seen.values()].reduce((sum, each) => sum + each, 0);
  return { read, count };
}

async function readShards(
  { name, workloads }: Following,
  read: (shard: ShardObject) => void,
): Promise<string> {
  const ask = getListAsk('list', 'configmaps', name.namespace, { labelSelector: getFleetSelector(name) });
  const { items, metadata } = await workloads.api.read<List<ShardObject>>(ask);
  items.forEach(read);
  return metadata.resourceVersion ?? '';
}

// A watch ends by itself now and then; from where it was another one goes on.
async function watchShards(
  following: Following,
  read: (shard: ShardObject) => void,
  signal: AbortSignal,
): Promise<void> {
  const { name, workloads } = following;
  let version = '';
  while (!signal.aborted) {
    try {
      if (version === '') version = await readShards(following, read);
      const query = { labelSelector: getFleetSelector(name), watch: 'true', resourceVersion: version };
      const onChange = (shard: ShardObject): boolean => {
        // What is too long ago is told as a Status: https://kubernetes.io/docs/reference/using-api/api-concepts/
        if (shard.kind === 'Status') version = '';
        else {
          version = shard.metadata.resourceVersion ?? version;
          read(shard);
        }
        return version === '';
      };
      await workloads.api.watch<ShardObject>(
        getListAsk('watch', 'configmaps', name.namespace, query),
        onChange,
        signal,
      );
    } catch (error) {
      if (!(error instanceof ApiError) || signal.aborted) {
        if (signal.aborted) return;
        throw error;
      }
      if (error.problem !== 'unreachable') version = '';
    }
    if (!signal.aborted) await sleep(LOOK_MS / 4, undefined, { signal }).catch(() => {});
  }
}
