import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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

const PAUSE_MS = 500;
// For the other objects of a Job whose first one somebody has made.
const PATIENCE_MS = 30_000;

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
  let state = await readState(api, name, context.signal);
  const isDone = ({ name: target }: FleetTarget): boolean =>
    !options.again && ['applied', 'already'].includes(state.results.get(target)?.outcome ?? '');
  const jobs = createFleetJobs({ workloads, name, request, options, context, total: targets.length });
  const first = new Set(
    targets.slice(0, options.canary === null ? 0 : getAmount(options.canary, targets.length)),
  );
  const isCanaryFailed = (): boolean =>
    [...first].some((target) => jobs.results.get(target.name)?.outcome === 'failed');

  const isOpen = (target: FleetTarget): boolean => !isDone(target) && !jobs.results.has(target.name);
  for (let isTold = false; ; isTold = true) {
    if (state.job !== null && state.job.spec.suspend === true) await jobs.remove(state.job, state.targets);
    else if (state.job !== null && targets.some(isOpen)) {
      const isOfJob = new Set(state.targets.map((target) => target.name));
      await jobs.takeUp(
        state.job,
        targets.filter((target) => isOfJob.has(target.name) && isOpen(target)),
      );
    }
    const left = targets.filter(isOpen);
    const canary = left.filter((target) => first.has(target));
    if (isCanaryFailed()) jobs.stop('canary');
    if (!isTold) {
      const size = { targets: targets.length, left: left.length, canary: canary.length };
      context.onEvent?.({ type: 'fleet-planned', fleet: name.fleet, ...size });
    }
    const wave = canary.length > 0 ? canary : left;
    if (wave.length === 0 || jobs.stopped() !== null) break;
    await removeOtherFleets(api, name, context.signal);
    const isMine = await jobs.run(`${name.fleet}-${state.latest + 1}`, wave);
    if (jobs.stopped() !== null) break;
    state = await readState(api, name, context.signal);
    // Somebody began the same at this moment, and its Job is taken up, unless it never comes.
    const end = performance.now() + PATIENCE_MS;
    while (!isMine && state.job === null && performance.now() < end) {
      await sleep(PAUSE_MS, undefined, context.signal === undefined ? {} : { signal: context.signal });
      state = await readState(api, name, context.signal);
    }
  }

  const results = targets.map((target): TargetResult => {
    const outcome = isDone(target) ? 'before' : 'left';
    const nothing = { target: target.name, outcome, statements: 0, elapsedMs: 0, error: null } as const;
    return jobs.results.get(target.name) ?? nothing;
  });
  const counts = { applied: 0, already: 0, before: 0, failed: 0, left: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return {
    ...{ fleet: name.fleet, namespace, jobs: jobs.jobs, counts, targets: results },
    stopped: jobs.stopped() ?? (counts.left > 0 ? 'job' : null),
    elapsedMs: Math.round(performance.now() - start),
  };
}
