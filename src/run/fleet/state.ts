import { type Api, ApiError } from '../../cluster/api.js';
import { type FleetName, getFleetOf, getFleetSelector, getListAsk } from '../../cluster/fleet/names.js';
import { readShardResults, readShardTargets, type ShardObject } from '../../cluster/fleet/shard.js';
import type { ClusterObject } from '../../cluster/kinds.js';
import type { Condition, List } from '../../cluster/objects.js';
import type { FleetTarget, TargetResult } from '../../model/fleet.js';
import { withObstacle } from '../workload.js';

/** What of a Job is read. */
export interface JobObject extends ClusterObject {
  readonly spec: { readonly suspend?: boolean; readonly completions?: number; readonly parallelism?: number };
  readonly status?: {
    readonly active?: number;
    readonly ready?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** What earlier runs of a fleet left in the cluster. */
export interface FleetState {
  /** The latest result of each database, by name. */
  readonly results: ReadonlyMap<string, TargetResult>;
  /** The Job that has not ended; null: none. */
  readonly job: JobObject | null;
  /** The databases of that Job. */
  readonly targets: readonly FleetTarget[];
  /** The number of the latest Job; 0: none. */
  readonly latest: number;
}

/** The number of a Job of a fleet, of its name or of the name of one of its shards; 0: it is neither. */
export const getJobNumber = (fleet: string, name: string): number =>
  Number(new RegExp(`^${fleet}-(\\d+)(-\\d+)?$`).exec(name)?.[1] ?? 0);

/** How a Job ended; null: it has not. */
export const getEnd = ({ status }: JobObject): Condition | null =>
  status?.conditions?.find(
    (one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  ) ?? null;

/** Reads what earlier runs were through with, and whether a Job of one still runs. */
export async function readState(api: Api, name: FleetName, signal?: AbortSignal): Promise<FleetState> {
  const query = { labelSelector: getFleetSelector(name) };
  const read = <T>(resource: 'jobs' | 'configmaps'): Promise<List<T>> =>
    withObstacle(api, api.read<List<T>>(getListAsk('list', resource, name.namespace, query), signal));
  const [jobs, shards] = await Promise.all([read<JobObject>('jobs'), read<ShardObject>('configmaps')]);
  const getNumber = ({ metadata }: ClusterObject): number => getJobNumber(name.fleet, metadata.name);
  const results = new Map<string, TargetResult>();
  for (const shard of [...shards.items].sort((a, b) => getNumber(a) - getNumber(b))) {
    for (const result of readShardResults(shard)) results.set(result.target, result);
  }
  // Items of a list do not say what they are.
  const all = jobs.items.map((job) => ({ ...job, apiVersion: 'batch/v1', kind: 'Job' }));
  const job = all.find((one) => getEnd(one) === null) ?? null;
  const isOfJob = ({ metadata }: ShardObject): boolean =>
    job !== null && metadata.name.startsWith(`${job.metadata.name}-`);
  return {
    results,
    job,
    targets: shards.items.filter(isOfJob).flatMap(readShardTargets),
    latest: Math.max(0, ...[...jobs.items, ...shards.items].map(getNumber)),
  };
}

/**
 * Takes away what other fleets of the service left, unless one of them still runs. It saves asking databases that are done, and no
 * more than that: their ledgers know, too.
 */
export async function removeOtherFleets(api: Api, name: FleetName, signal?: AbortSignal): Promise<void> {
  const all = { labelSelector: getFleetSelector({ service: name.service }) };
  try {
    const jobs = await api.read<List<JobObject>>(getListAsk('list', 'jobs', name.namespace, all), signal);
    const isOther = (job: JobObject): boolean =>
      getFleetOf(job.metadata) !== name.fleet && getEnd(job) === null;
    if (jobs.items.some(isOther)) return;
    const others = { labelSelector: `${all.labelSelector},app.kubernetes.io/part-of!=${name.fleet}` };
    await api.delete(getListAsk('deletecollection', 'configmaps', name.namespace, others), signal);
  } catch (error) {
    // Left for the next time, or for who may.
    if (!(error instanceof ApiError)) throw error;
  }
}
