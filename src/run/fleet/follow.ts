import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../cluster/api.js';
import { type FleetName, getFleetSelector, getListAsk } from '../../cluster/fleet/names.js';
import { readShardResults, readShardTargets, type ShardObject } from '../../cluster/fleet/shard.js';
import type { Condition, List } from '../../cluster/objects.js';
import { createObstacleError, getFinding } from '../../diagnose/obstacle.js';
import { isPlinthError } from '../../errors.js';
import type { TargetResult } from '../../model/fleet.js';
import type { Context } from '../prepared.js';
import type { Workloads } from '../workload.js';
import { readObstacle, suspendJob } from './pods.js';
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

/** A Job that ended. */
export interface Followed {
  readonly end: JobEnd;
  /** By the index of the pod, the databases of which it told nothing. */
  readonly untold: ReadonlyMap<number, readonly string[]>;
}

const LOOK_MS = 1_000;

/**
 * Waits until a Job has ended, with the results of its pods as they come. It is suspended when the signal fires, when enough
 * failed, and when its pods cannot run.
 *
 * @throws PlinthError where no pod of it can run and waiting does not help
 */
export async function followJob(following: Following): Promise<Followed> {
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
  const wait = async (): Promise<JobEnd> => {
    for (;;) {
      const end = await look().catch((error: unknown) => {
        if (isAway(error) && context.signal?.aborted !== true) return undefined;
        throw error;
      });
      if (end !== undefined) return end;
      await sleep(LOOK_MS, undefined, context.signal === undefined ? {} : { signal: context.signal }).catch(
        () => {},
      );
    }
  };
  try {
    const end = await wait();
    await readShards(following, shards.read);
    return { end, untold: shards.getUntold() };
  } finally {
    ended.abort();
    await watching;
  }
}

// An API server that is gone for a while, or starts.
const isAway = (error: unknown): boolean =>
  isPlinthError(error) &&
  (error.code === 'API_UNREACHABLE' ||
    (error.code === 'API_FAILED' && error.findings[0]?.severity === 'warning'));

function createShardReader({ job, onResult }: Following) {
  const seen = new Map<string, { readonly told: number; readonly untold: readonly string[] }>();
  return {
    read(shard: ShardObject): void {
      const { name } = shard.metadata;
      if (!name.startsWith(`${job}-`)) return;
      const results = readShardResults(shard);
      const before = seen.get(name)?.told ?? 0;
      for (const result of results.slice(before)) onResult(result);
      const told = new Set(results.map(({ target }) => target));
      const targets = readShardTargets(shard).map((target) => target.name);
      seen.set(name, {
        told: Math.max(before, results.length),
        untold: targets.filter((target) => !told.has(target)),
      });
    },
    count: (): number => [...seen.values()].reduce((sum, { told }) => sum + told, 0),
    getUntold: (): ReadonlyMap<number, readonly string[]> =>
      new Map(
        [...seen]
          .filter(([, { untold }]) => untold.length > 0)
          .map(([name, { untold }]) => [Number(name.slice(job.length + 1)), untold]),
      ),
  };
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
      // All is read once more at the end: what a watch cannot bear is no reason to give up the Job.
      if (!(error instanceof ApiError) || error.problem !== 'unreachable') version = '';
    }
    if (!signal.aborted) await sleep(LOOK_MS / 4, undefined, { signal }).catch(() => {});
  }
}
