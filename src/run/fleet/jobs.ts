import { createFleetJob } from '../../cluster/fleet/job.js';
import { type FleetName, getFleetMetadata, getShardName } from '../../cluster/fleet/names.js';
import { createFleetAccount, createFleetRights } from '../../cluster/fleet/rights.js';
import { createShardObject, getShards } from '../../cluster/fleet/shard.js';
import { createFolderObjects } from '../../cluster/manifest/folder.js';
import type { ManifestRequest } from '../../cluster/manifest/request.js';
import type { FleetStop, FleetTarget, TargetResult } from '../../model/fleet.js';
import { getAmount, MAX_PER_POD, type ResolvedFleetOptions } from '../../options.js';
import type { Context } from '../prepared.js';
import type { Workloads } from '../workload.js';
import { followJob } from './follow.js';
import { readPodFailures } from './pods.js';
import type { JobObject } from './state.js';

// A pod that starts costs as much as dozens of databases, and one round alone waits for the slowest pod.
const ROUNDS = 2;
const WORTH_A_ROUND = 10;

/** What the Jobs of one run need. */
export interface FleetRun {
  readonly workloads: Workloads;
  readonly name: FleetName;
  readonly request: ManifestRequest;
  readonly options: ResolvedFleetOptions;
  readonly context: Context;
  readonly total: number;
}

/** Makes the Jobs of one run, waits for them, and keeps what became of each database. */
export function createFleetJobs({ context, name, options, request, total, workloads }: FleetRun) {
  const { namespace } = name;
  const results = new Map<string, TargetResult>();
  const jobs: string[] = [];
  const most =
    options.maxFailures === null ? Number.POSITIVE_INFINITY : getAmount(options.maxFailures, total);
  let failed = 0;
  let stopped: FleetStop | null = null;
  const account = options.serviceAccount ?? name.fleet;

  const follow = async (job: string, targets: readonly FleetTarget[]): Promise<void> => {
    jobs.push(job);
    const names = new Set(targets.map((target) => target.name));
    let done = 0;
    const onResult = (result: TargetResult): void => {
      if (!names.has(result.target)) return;
      results.set(result.target, result);
      done += 1;
      if (result.outcome === 'failed') failed += 1;
      context.onEvent?.({ type: 'fleet-target', result, done, total: targets.length, failed });
    };
    const { end, untold } = await followJob({
      workloads,
      name,
      job,
      context,
      isEnough: () => failed > most,
      onResult,
    });
    if (end !== null && end !== 'suspended' && untold.size > 0) {
      const failures = await readPodFailures(workloads.api, namespace, job);
      for (const [index, left] of untold) {
        const error = failures.get(index);
        if (error === undefined) continue;
        for (const target of left)
          onResult({ target, outcome: 'failed', statements: 0, elapsedMs: 0, error });
      }
    }
    const isOver = end !== null && end !== 'suspended' && end.reason === 'MaxFailedIndexesExceeded';
    if (context.signal?.aborted === true) stopped = 'aborted';
    else if (failed > most || isOver) stopped = 'max-failures';
    else if (targets.some((target) => !results.has(target.name))) stopped = 'job';
    const parallelism = Math.min(options.parallelism, targets.length);
    const size = { targets: targets.length, pods: 0, parallelism };
    context.onEvent?.({
      type: 'fleet-job',
      state: end === 'suspended' ? 'suspended' : 'ended',
      job,
      namespace,
      ...size,
    });
    if (end !== 'suspended') await removeRights(targets);
  };

  // All places are taken before any is taken twice.
  const getPerPod = (count: number): number =>
    Math.min(
      Math.ceil(count / options.parallelism),
      Math.max(WORTH_A_ROUND, Math.ceil(count / (options.parallelism * ROUNDS))),
    );

  const removeRights = async (targets: readonly FleetTarget[]): Promise<void> => {
    if (options.serviceAccount !== null) return;
    const rights = { ...name, account, targets, shards: [] };
    const objects = [createFleetAccount(rights), ...createFleetRights(rights)];
    for (const object of objects.reverse()) await workloads.remove(object).catch(() => {});
  };

  return {
    results,
    jobs: jobs as readonly string[],
    stopped: (): FleetStop | null => stopped,
    async takeUp(job: JobObject, targets: readonly FleetTarget[]): Promise<void> {
      const { completions = 1, parallelism = 1 } = job.spec;
      const size = { targets: targets.length, pods: completions, parallelism };
      context.onEvent?.({ type: 'fleet-job', state: 'taken-up', job: job.metadata.name, namespace, ...size });
      await follow(job.metadata.name, targets);
      // What is on the list now, and was not on that Job's, is left for another one.
      if (stopped === 'job') stopped = null;
    },
    stop(why: FleetStop): void {
      stopped ??= why;
    },
    async run(job: string, targets: readonly FleetTarget[]): Promise<void> {
      const shards = getShards(targets, Math.min(options.perPod ?? getPerPod(targets.length), MAX_PER_POD));
      const allowed = most - failed;
      const history = `${name.fleet}-history`;
      const folder = createFolderObjects(request, history, { metadata: getFleetMetadata(name, history) });
      const shardNames = shards.map((_, index) => getShardName(job, index));
      const rights = { ...name, account, targets, shards: shardNames };
      const words = [
        '--shards',
        job,
        ...(Number.isFinite(allowed) ? ['--max-failures', String(allowed)] : []),
      ];
      const object = createFleetJob({
        ...name,
        ...{ name: job, history, account, pods: shards.length, parallelism: options.parallelism },
        request: { ...request, words: [...request.words, ...words] },
        maxFailedIndexes: Number.isFinite(allowed) ? allowed : null,
      });
      await workloads.apply(
        [
          ...folder,
          ...shards.map((shard, index) => createShardObject(name, shardNames[index]!, shard)),
          ...(options.serviceAccount === null
            ? [createFleetAccount(rights), ...createFleetRights(rights)]
            : []),
          object,
        ],
        context.signal,
      );
      const parallelism = Math.min(options.parallelism, shards.length);
      const size = { targets: targets.length, pods: shards.length, parallelism };
      context.onEvent?.({ type: 'fleet-job', state: 'created', job, namespace, ...size });
      await follow(job, targets);
    },
  };
}
