import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, ApiError } from '../../cluster/api.js';
import { ASKS } from '../../cluster/asks.js';
import { getListAsk } from '../../cluster/fleet/names.js';
import { getObjectAsk } from '../../cluster/kinds.js';
import type { List, Pod } from '../../cluster/objects.js';
import type { Obstacle } from '../../diagnose/obstacle.js';
import { getPodObstacle } from '../../diagnose/pod.js';
import { PlinthError } from '../../errors.js';
import type { TargetError } from '../../model/fleet.js';
import { getTargetError } from '../../report/fleet-text.js';
import { readRefusal, type Workloads, withObstacle } from '../workload.js';
import type { JobObject } from './state.js';

const LOOK_MS = 250;
// A pod that is stopped has 30 seconds.
const STOPPING_MS = 35_000;
// Those that told what they left, and why: it failed too often, or they were stopped.
const TOLD_EXITS: readonly number[] = [12, 130];
const INDEX = 'batch.kubernetes.io/job-completion-index';
const LOG_LINES = 8;
const LOGS_READ = 5;

/** Keeps a Job from making more pods, ends those that run, and waits until they have. */
export async function suspendJob({ api }: Workloads, namespace: string, job: string): Promise<void> {
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, namespace },
    spec: { suspend: true },
  };
  const ask = getObjectAsk('patch', object, '?fieldManager=plinth-suspend&force=true');
  await withObstacle(api, api.apply(ask, object));
  const end = performance.now() + STOPPING_MS;
  while (performance.now() < end) {
    const pods = await withObstacle(api, readPods(api, namespace, job));
    if (!pods.some(({ status }) => status.phase === 'Running' || status.phase === 'Pending')) return;
    await sleep(LOOK_MS);
  }
}

const readPods = async (api: Api, namespace: string, job: string): Promise<readonly Pod[]> => {
  const query = { labelSelector: `batch.kubernetes.io/job-name=${job}` };
  return (await api.read<List<Pod>>(getListAsk('list', 'pods', namespace, query))).items;
};

/** What keeps the pods of a Job from running; null where they run. */
export async function readObstacle(api: Api, job: JobObject, namespace: string): Promise<Obstacle | null> {
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

/** Why pods ended without a word on their databases, by their index; those that were told to leave some are not among them. */
export async function readPodFailures(
  api: Api,
  namespace: string,
  job: string,
): Promise<ReadonlyMap<number, TargetError>> {
  const found = new Map<number, TargetError>();
  const pods = await readPods(api, namespace, job).catch((error: unknown) => {
    if (error instanceof ApiError) return [];
    throw error;
  });
  for (const pod of pods.filter(({ status }) => status.phase === 'Failed')) {
    const index = Number(pod.metadata.labels?.[INDEX] ?? -1);
    const ended = pod.status.containerStatuses?.[0]?.state?.terminated;
    if (ended !== undefined && TOLD_EXITS.includes(ended.exitCode ?? 0)) continue;
    const name = pod.metadata.name;
    const reason =
      ended === undefined
        ? [pod.status.reason, pod.status.message].filter(Boolean).join(': ')
        : `exit code ${ended.exitCode ?? 'unknown'}${ended.reason === undefined ? '' : ` (${ended.reason})`}`;
    const evidence = found.size < LOGS_READ ? await readLog(api, pod) : [];
    const finding = { code: 'POD_FAILED', severity: 'error', args: {}, evidence } as const;
    const error = new PlinthError(
      'POD_FAILED',
      { pod: name, phase: 'Failed', reason },
      { findings: [finding] },
    );
    found.set(index, getTargetError(error));
  }
  return found;
}

async function readLog(api: Api, { metadata, spec }: Pod): Promise<readonly string[]> {
  const { name, namespace = 'default' } = metadata;
  const text = await api
    .readText(ASKS.logs(namespace, name, spec.containers[0]!.name, false))
    .catch(() => '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LOG_LINES);
}
