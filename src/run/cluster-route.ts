import type { Duplex } from 'node:stream';
import type { Api } from '../cluster/api.js';
import { createPodConnection } from '../cluster/connection.js';
import type { Endpoint } from '../cluster/endpoints.js';
import type { Wanted } from '../cluster/surroundings.js';
import { waitForChange } from '../cluster/watch.js';
import { readEvidence } from '../diagnose/evidence.js';
import { lookFor } from '../diagnose/look.js';
import { createObstacleError, getFinding, type Obstacle } from '../diagnose/obstacle.js';
import { getRequestObstacle, getTunnelObstacle } from '../diagnose/request.js';
import { PlinthError } from '../errors.js';
import type { OnEvent } from '../model/event.js';
import { type Route, TERMINATE } from '../postgres/route.js';

/** A route that knows which pods it may lead to, and goes to one of them. */
export interface ClusterRoute extends Route {
  /** Where `open` leads to; set by `look` and `prepare`. */
  readonly endpoint: Endpoint | null;
  /** Does what the next `prepare` would do, for whoever needs to know the pod before there is a session. */
  look(within: Within): Promise<void>;
  /** How many ready pods there are; more than one where there are replicas. */
  readonly size: number;
  /** Leads elsewhere from now on, because this pod is a standby; false where there is no other one left. */
  avoid(): boolean;
}

/** What is known before the first look. */
export interface KnownBefore {
  /** The pods to lead to until then. */
  readonly endpoints?: readonly Endpoint[];
  /** The API server has answered before: where it is gone now, it may come back. */
  readonly hasAnswered?: boolean;
}

/** The route to the PostgreSQL of a cluster: waits by watching, and names what is in the way. */
export function createClusterRoute(
  api: Api,
  wanted: Wanted,
  onEvent: OnEvent | undefined,
  { endpoints: known = [], hasAnswered: isKnown = false }: KnownBefore = {},
): ClusterRoute {
  let endpoints = known;
  let hasAnswered = isKnown;
  let hasLooked = false;
  const avoided = new Set<string>();
  const getOther = (): Endpoint | undefined => endpoints.find(({ pod }) => !avoided.has(pod.metadata.name));
  const getCurrent = (): Endpoint | null => getOther() ?? endpoints[0] ?? null;
  const getTarget = (endpoint: Endpoint) => ({
    namespace: wanted.namespace,
    pod: endpoint.pod.metadata.name,
    port: endpoint.port,
  });
  return {
    get endpoint() {
      return getCurrent();
    },
    get size() {
      return endpoints.length;
    },
    avoid() {
      const endpoint = getCurrent();
      if (endpoint !== null) avoided.add(endpoint.pod.metadata.name);
      return getOther() !== undefined;
    },
    async look(within) {
      endpoints = await waitForEndpoints(api, wanted, { ...within, onEvent, hasAnswered, known: endpoints });
      hasAnswered = true;
      hasLooked = true;
    },
    async prepare(within) {
      if (!hasLooked) await this.look(within);
      hasLooked = false;
    },
    open: (): Duplex =>
      createPodConnection(api.access, wanted.namespace, getCurrent()!, { farewell: TERMINATE }),
    getError(error) {
      const obstacle = getRequestObstacle(error, api.access);
      // The pod was there a moment ago: the next look says what became of it.
      const isFinal = obstacle !== null && !obstacle.passing && obstacle.code !== 'API_FAILED';
      return isFinal ? createObstacleError([obstacle], error) : null;
    },
    getLastError(error) {
      const endpoint = getCurrent();
      const obstacle =
        getRequestObstacle(error, api.access) ??
        (endpoint === null ? null : getTunnelObstacle(error, getTarget(endpoint)));
      return obstacle === null ? null : createObstacleError([obstacle], error);
    },
  };
}

type Within = Parameters<Route['prepare']>[0];

interface Waiting extends Within {
  readonly onEvent: OnEvent | undefined;
  /** The API server was there before: where it is not now, it may come back. */
  readonly hasAnswered: boolean;
  /** The pods of the look before. */
  readonly known: readonly Endpoint[];
}

// What is left of a budget may be too short for an answer, which then says nothing of the API server.
const SHORT_MS = 2_000;

async function waitForEndpoints(
  api: Api,
  wanted: Wanted,
  { timeoutMs, signal, onEvent, hasAnswered, known }: Waiting,
): Promise<readonly Endpoint[]> {
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  const budget = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  const within = signal === undefined ? budget : AbortSignal.any([signal, budget]);
  // A server that says nothing is given up with the budget.
  let last: readonly Obstacle[] = [
    {
      code: 'API_UNREACHABLE',
      args: { server: api.access.server, reason: 'it does not answer' },
      passing: hasAnswered,
    },
  ];
  const end = async (obstacles: readonly Obstacle[]): Promise<never> => {
    const shown = obstacles
      .slice(0, 5)
      .map((obstacle) => readEvidence(api, wanted.namespace, obstacle, signal));
    throw createObstacleError(await Promise.all(shown));
  };
  let told = '';
  for (;;) {
    if (signal?.aborted === true)
      throw new PlinthError('ABORTED', { phase: 'looking for PostgreSQL in the cluster' });
    const seen = await lookFor(api, wanted, within).catch((error: unknown) => {
      if (!budget.aborted || signal?.aborted === true) throw error;
      return known.length > 0 && timeoutMs < SHORT_MS ? { endpoints: known } : end(last);
    });
    if ('endpoints' in seen) return seen.endpoints;
    last = seen.obstacles;
    const first = last[0]!;
    const isOver = elapsed() >= timeoutMs - 50;
    const isPassing = ({ code, passing }: Obstacle): boolean =>
      passing || (hasAnswered && code === 'API_UNREACHABLE');
    if (isOver || !last.some(isPassing)) return await end(last);
    const words = JSON.stringify([first.code, first.args]);
    if (words !== told) {
      told = words;
      const finding = getFinding(first);
      onEvent?.({ type: 'waiting', forWhat: 'pod', holder: null, finding, elapsedMs: elapsed() });
    }
    await waitForChange(api, seen.surroundings, timeoutMs - elapsed(), signal);
  }
}
