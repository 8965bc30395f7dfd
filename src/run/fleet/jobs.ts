import { createFleetJob } from '../../cluster/fleet/job.js';
import { type FleetName, getFleetMetadata, getShardName } from '../../cluster/fleet/names.js';
import { createFleetAccount, createFleetRights } from '../../cluster/fleet/rights.js';
import { createShardObject, getShards } from '../../cluster/fleet/shard.js';
import { createFolderObjects } from '../../cluster/manifest/folder.js';
import type { ManifestRequest } from '../../cluster/manifest/request.js';
import type { RunEvent } from '../../model/event.js';
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

type JobState = Extract<RunEvent, { type: 'fleet-job' }>['state'];

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

  const follow = async (
    job: string,
    targets: readonly FleetTarget[],
    size: { readonly pods: number; readonly parallelism: number },
    state: 'created' | 'taken-up',
  ): Promise<void> => {
    const tell = (now: JobState): void =>
      context.onEvent?.({ type: 'fleet-job', state: now, job, namespace, targets: targets.length, ...size });
    jobs.push(job);
    tell(state);
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
    tell(end === 'suspended' ? 'suspended' : 'ended');
    if (end !== 'suspended') await removeRights(job, targets);
  };

  // All places are taken before any is taken twice.
  const getPerPod = (count: number): number =>
    Math.min(
      Math.ceil(count / options.parallelism),
      Math.max(WORTH_A_ROUND, Math.ceil(count / (options.parallelism * ROUNDS))),
    );

  const removeRights = async (job: string, targets: readonly FleetTarget[]): Promise<void> => {
    if (options.serviceAccount !== null) return;
    const rights = { ...name, account: job, targets, shards: [] };
    const objects = [createFleetAccount(rights), ...createFleetRights(rights)];
    for (const object of objects.reverse()) await workloads.remove(object).catch(() => {});
  };

  return {
    results,
    jobs: jobs as readonly string[],
    stopped: (): FleetStop | null => stopped,
    stop(why: FleetStop): void {
      stopped ??= why;
    },
    /** Waits for a Job that runs already, and tells what becomes of these databases. */
    async takeUp(job: JobObject, targets: readonly FleetTarget[]): Promise<void> {
      const { completions: pods = 1, parallelism = 1 } = job.spec;
      await follow(job.metadata.name, targets, { pods, parallelism }, 'taken-up');
      // What is on the list now, and was not on that Job's, is left for another one.
      if (stopped === 'job') stopped = null;
    },
    /** Takes a Job away that goes on no more. */
    async remove(job: JobObject, targets: readonly FleetTarget[]): Promise<void> {
      await workloads.remove(job, context.signal);
      await removeRights(job.metadata.name, targets);
    },
    /** Makes a Job and waits for it; false where somebody else has begun one of this name at the same time. */
    async run(job: string, targets: readonly FleetTarget[]): Promise<boolean> {
      const perPod = Math.min(options.perPod ?? getPerPod(targets.length), MAX_PER_POD);
      const shards = getShards(targets, perPod).map((shard, index) =>
        createShardObject(name, getShardName(job, index), shard),
      );
      // Whoever makes the first of them makes the Job.
      const [first, ...others] = shards;
      if (!(await workloads.createOnce(first!, context.signal))) return false;
      const account = options.serviceAccount ?? job;
      const rights = { ...name, account, targets, shards: shards.map(({ metadata }) => metadata.name) };
      const history = `${name.fleet}-history`;
      const allowed = most - failed;
      const limit = Number.isFinite(allowed) ? ['--max-failures', String(allowed)] : [];
      await workloads.apply(
        [
          ...createFolderObjects(request, history, { metadata: getFleetMetadata(name, history) }),
          ...others,
          ...(options.serviceAccount === null
            ? [createFleetAccount(rights), ...createFleetRights(rights)]
            : []),
          createFleetJob({
            ...name,
            ...{ name: job, history, account, pods: shards.length, parallelism: options.parallelism },
            request: { ...request, words: [...request.words, '--shards', job, ...limit] },
            maxFailedIndexes: Number.isFinite(allowed) ? allowed : null,
          }),
        ],
        context.signal,
      );
      const parallelism = Math.min(options.parallelism, shards.length);
      await follow(job, targets, { pods: shards.length, parallelism }, 'created');
      return true;
    },
  };
}
