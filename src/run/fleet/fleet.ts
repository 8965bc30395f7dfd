import { createHash } from 'node:crypto';
import { createFleetJob } from '../../cluster/fleet/job.js';
import { type FleetName, getFleetMetadata, getFleetName, getShardName } from '../../cluster/fleet/names.js';
import { createFleetAccount, createFleetRights } from '../../cluster/fleet/rights.js';
import { createShardObject, getShards } from '../../cluster/fleet/shard.js';
import { createFolderObjects, getFolderDigest } from '../../cluster/manifest/folder.js';
import type { ManifestRequest } from '../../cluster/manifest/request.js';
import type { FleetReport, FleetStop, FleetTarget, TargetResult } from '../../model/fleet.js';
import { getAmount, MAX_PER_POD, type ResolvedFleetOptions } from '../../options.js';
import { getHistoryWords, getWord, renderTime } from '../history-words.js';
import { ensureFits, ensureProof } from '../manifest-objects.js';
import { packFolder } from '../pack-folder.js';
import type { Context } from '../prepared.js';
import { createWorkloads, type Workloads } from '../workload.js';
import { followJob, type JobEnd } from './follow.js';
import { readTargets } from './read-targets.js';
import { type JobObject, readState, removeOtherFleets } from './state.js';

/**
 * Applies to every database of a list, by Jobs in the cluster; what earlier runs were through with is not asked again, and a Job
 * that still runs is waited for.
 *
 * @throws PlinthError where nothing could be begun; what fails in a database is in the report
 */
export async function runFleet(options: ResolvedFleetOptions, context: Context): Promise<FleetReport> {
  const start = performance.now();
  if (options.tables.length > 0) await ensureProof(options, context);
  const folder = await packFolder(options);
  ensureFits(options, folder);
  const workloads = await createWorkloads(options.kubeconfig, options.context);
  const { api } = workloads;
  const namespace = options.namespace ?? api.access.namespace ?? 'default';
  const targets = await readTargets(api, namespace, options, context);

  const { ledger, service, timeout } = options;
  const what = [
    ...getHistoryWords(options, folder),
    '--service',
    service,
    ...getWord('--ledger', ledger === 'plinth' ? null : ledger),
  ];
  const digest = createHash('sha256')
    .update(JSON.stringify([getFolderDigest(folder), what]))
    .digest('hex');
  const name: FleetName = { service, namespace, fleet: getFleetName(service, digest.slice(0, 8)) };
  const request: ManifestRequest = {
    ...options,
    ...{ namespace, style: 'plain', folder, ttl: Math.ceil(options.ttl / 1000) },
    ...{ passwordSecret: null, urlSecret: null },
    words: ['fleet', 'work', ...what, '--timeout', renderTime(timeout), '--namespace', namespace],
  };
  const state = await readState(api, name, context.signal);
  const isDone = ({ name: target }: FleetTarget): boolean =>
    !options.again && ['applied', 'already'].includes(state.results.get(target)?.outcome ?? '');
  const fleet = createFleet({ workloads, name, request, options, context, total: targets.length });

  if (state.job !== null && state.job.spec.suspend !== true) {
    const known = targets.filter((target) => !isDone(target));
    await fleet.takeUp(state.job, known);
  } else if (state.job !== null) await workloads.remove(state.job, context.signal);
  const left = targets.filter((target) => !isDone(target) && !fleet.results.has(target.name));
  const first = new Set(
    targets.slice(0, options.canary === null ? 0 : getAmount(options.canary, targets.length)),
  );
  const canary = left.filter((target) => first.has(target));
  const { fleet: fleetName } = name;
  context.onEvent?.({
    type: 'fleet-planned',
    fleet: fleetName,
    targets: targets.length,
    left: left.length,
    canary: canary.length,
  });
  if (left.length > 0 && fleet.stopped() === null) await removeOtherFleets(api, name, context.signal);
  let number = state.latest;
  for (const wave of [canary, left.filter((target) => !first.has(target))]) {
    if (wave.length === 0 || fleet.stopped() !== null) continue;
    number += 1;
    await fleet.run(`${fleetName}-${number}`, wave, wave === canary);
  }

  const results = targets.map((target): TargetResult => {
    const found = fleet.results.get(target.name);
    if (found !== undefined) return found;
    const outcome = isDone(target) ? 'before' : 'left';
    return { target: target.name, outcome, statements: 0, elapsedMs: 0, error: null };
  });
  const counts = { applied: 0, already: 0, before: 0, failed: 0, left: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  const stopped = fleet.stopped();
  return {
    ...{ fleet: fleetName, namespace, jobs: fleet.jobs, counts, targets: results },
    stopped: stopped ?? (counts.left > 0 ? 'job' : null),
    elapsedMs: Math.round(performance.now() - start),
  };
}

interface FleetRun {
  readonly workloads: Workloads;
  readonly name: FleetName;
  readonly request: ManifestRequest;
  readonly options: ResolvedFleetOptions;
  readonly context: Context;
  readonly total: number;
}

function createFleet({ context, name, options, request, total, workloads }: FleetRun) {
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
    const end: JobEnd = await followJob({
      workloads,
      name,
      job,
      context,
      isEnough: () => failed > most,
      onResult: (result) => {
        if (!names.has(result.target)) return;
        results.set(result.target, result);
        done += 1;
        if (result.outcome === 'failed') failed += 1;
        context.onEvent?.({ type: 'fleet-target', result, done, total: targets.length, failed });
      },
    });
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
    if (end !== 'suspended') await removeRights();
  };

  const removeRights = async (): Promise<void> => {
    if (options.serviceAccount !== null) return;
    // TODO
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
    async run(job: string, targets: readonly FleetTarget[], isCanary: boolean): Promise<void> {
      const perPod = options.perPod ?? Math.ceil(targets.length / (options.parallelism * 4));
      const shards = getShards(targets, Math.min(perPod, MAX_PER_POD));
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
      const isFailed = targets.some((target) => results.get(target.name)?.outcome === 'failed');
      if (isCanary && isFailed && stopped !== 'aborted') stopped = 'canary';
    },
  };
}
