import { type Api, ApiError } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import type { EventObject, List } from '../cluster/objects.js';
import type { Obstacle } from './obstacle.js';

const LOG_LINES = 8;
const EVENTS = 3;

/** The obstacle with what the cluster says of it: the last lines of a container's log, the last warnings of a pod. */
export async function readEvidence(
  api: Api,
  namespace: string,
  obstacle: Obstacle,
  signal?: AbortSignal,
): Promise<Obstacle> {
  const evidence = await readLines(api, namespace, obstacle, signal);
  return evidence.length === 0
    ? obstacle
    : { ...obstacle, evidence: [...(obstacle.evidence ?? []), ...evidence] };
}

async function readLines(
  api: Api,
  namespace: string,
  { args, code }: Obstacle,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  switch (code) {
    case 'POD_CRASH_LOOP':
    case 'POD_OOM_KILLED': {
      const log = await readLog(api, namespace, args.pod, args.container, true, signal);
      return log.length > 0 ? log : await readLog(api, namespace, args.pod, args.container, false, signal);
    }
    case 'POD_NOT_READY':
      return [
        ...(await readWarnings(api, namespace, args.pod, signal)),
        ...(await readLog(api, namespace, args.pod, args.container, false, signal)),
      ];
    case 'IMAGE_NOT_PULLABLE':
    case 'CONTAINER_NOT_CREATED':
    case 'POD_STARTING':
    case 'POD_FAILED':
      return await readWarnings(api, namespace, args.pod, signal);
    default:
      return [];
  }
}

async function readLog(
  api: Api,
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const text = await readOr(api.readText(ASKS.logs(namespace, pod, container, previous), signal), '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-LOG_LINES).map((line) => line.slice(0, 300));
}

async function readWarnings(
  api: Api,
  namespace: string,
  pod: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const list = await readOr(api.read<List<EventObject>>(ASKS.events(namespace, pod), signal), null);
  const warnings = (list?.items ?? []).filter(({ type }) => type === 'Warning');
  return [...new Set(warnings.map(({ message, reason }) => `${reason}: ${message}`.trim()))].slice(-EVENTS);
}

// Evidence is a kindness: whoever may not read logs or events does without.
const readOr = <T, U>(reading: Promise<T>, other: U): Promise<T | U> =>
  reading.catch((error: unknown) => {
    if (error instanceof ApiError) return other;
    throw error;
  });
