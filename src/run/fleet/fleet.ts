import { createHash } from 'node:crypto';
import { type FleetName, getFleetName } from '../../cluster/fleet/names.js';
import { getFolderDigest } from '../../cluster/manifest/folder.js';
import type { ManifestRequest } from '../../cluster/manifest/request.js';
import type { FleetReport, FleetTarget, TargetResult } from '../../model/fleet.js';
import { getAmount, type ResolvedFleetOptions } from '../../options.js';
import { getHistoryWords, getWord, renderTime } from '../history-words.js';
import { ensureFits, ensureProof } from '../manifest-objects.js';
import { packFolder } from '../pack-folder.js';
import type { Context } from '../prepared.js';
import { createWorkloads } from '../workload.js';
import { createFleetJobs } from './jobs.js';
import { readTargets } from './read-targets.js';
import { ensureRights } from './rights.js';
import { readState, removeOtherFleets } from './state.js';

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
  await ensureRights(api, name, options, context.signal);
  const state = await readState(api, name, context.signal);
  const isDone = ({ name: target }: FleetTarget): boolean =>
    !options.again && ['applied', 'already'].includes(state.results.get(target)?.outcome ?? '');
  const jobs = createFleetJobs({ workloads, name, request, options, context, total: targets.length });
  const first = new Set(
    targets.slice(0, options.canary === null ? 0 : getAmount(options.canary, targets.length)),
  );
  const isCanaryFailed = (): boolean =>
    [...first].some((target) => jobs.results.get(target.name)?.outcome === 'failed');

  if (state.job !== null && state.job.spec.suspend !== true) {
    const known = targets.filter((target) => !isDone(target));
    await jobs.takeUp(state.job, known);
    if (isCanaryFailed()) jobs.stop('canary');
  } else if (state.job !== null) await workloads.remove(state.job, context.signal);
  const left = targets.filter((target) => !isDone(target) && !jobs.results.has(target.name));
  const canary = left.filter((target) => first.has(target));
  const { fleet: fleetName } = name;
  context.onEvent?.({
    type: 'fleet-planned',
    fleet: fleetName,
    targets: targets.length,
    left: left.length,
    canary: canary.length,
  });
  if (left.length > 0 && jobs.stopped() === null) await removeOtherFleets(api, name, context.signal);
  let number = state.latest;
  for (const wave of [canary, left.filter((target) => !first.has(target))]) {
    if (wave.length === 0 || jobs.stopped() !== null) continue;
    number += 1;
    await jobs.run(`${fleetName}-${number}`, wave);
    if (isCanaryFailed()) jobs.stop('canary');
  }

  const results = targets.map((target): TargetResult => {
    const found = jobs.results.get(target.name);
    if (found !== undefined) return found;
    const outcome = isDone(target) ? 'before' : 'left';
    return { target: target.name, outcome, statements: 0, elapsedMs: 0, error: null };
  });
  const counts = { applied: 0, already: 0, before: 0, failed: 0, left: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  const stopped = jobs.stopped();
  return {
    ...{ fleet: fleetName, namespace, jobs: jobs.jobs, counts, targets: results },
    stopped: stopped ?? (counts.left > 0 ? 'job' : null),
    elapsedMs: Math.round(performance.now() - start),
  };
}
