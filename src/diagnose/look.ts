import type { Api } from '../cluster/api.js';
import { type Endpoint, getEndpoints } from '../cluster/endpoints.js';
import { readSurroundings, type Surroundings, type Wanted } from '../cluster/surroundings.js';
import { PlinthError } from '../errors.js';
import { readMissing, readMissingNamespace, readNearLabels } from './missing.js';
import type { Obstacle } from './obstacle.js';
import { getRequestObstacle } from './request.js';
import { getServiceObstacles } from './service.js';

/** What one look at a cluster found: pods to connect to, or what is in the way to one. */
export type Seen =
  | { readonly endpoints: readonly Endpoint[]; readonly surroundings: Surroundings }
  | { readonly obstacles: readonly Obstacle[]; readonly surroundings: Surroundings | null };

/** One look at the cluster; never throws for what the cluster said. */
export async function lookFor(api: Api, wanted: Wanted, signal: AbortSignal | undefined): Promise<Seen> {
  let surroundings: Surroundings | null = null;
  try {
    surroundings = await readSurroundings(api, wanted, signal);
    const endpoints = getEndpoints(surroundings);
    if (endpoints.length > 0) return { endpoints, surroundings };
    const obstacles = getServiceObstacles(surroundings);
    return {
      surroundings,
      obstacles: await Promise.all(obstacles.map((one) => withNearLabels(api, one, signal))),
    };
  } catch (error) {
    if (signal?.aborted === true)
      throw new PlinthError('ABORTED', { phase: 'looking for PostgreSQL in the cluster' });
    const obstacle = await readObstacle(api, wanted, error, signal);
    if (obstacle === null) throw error;
    return { surroundings, obstacles: [obstacle] };
  }
}

async function readObstacle(
  api: Api,
  wanted: Wanted,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<Obstacle | null> {
  const obstacle = getRequestObstacle(error, api.access);
  if (obstacle?.code !== 'API_FAILED' || (error as { problem?: string }).problem !== 'not-found')
    return obstacle;
  return await readMissing(api, wanted, signal).catch((again: unknown) =>
    getRequestObstacle(again, api.access),
  );
}

async function withNearLabels(
  api: Api,
  obstacle: Obstacle,
  signal: AbortSignal | undefined,
): Promise<Obstacle> {
  if (obstacle.code !== 'SERVICE_WITHOUT_PODS' || obstacle.args.selector === null) return obstacle;
  const { namespace, selector, service } = obstacle.args;
  const nearest = await readNearLabels(api, namespace, selector, signal);
  // A list of pods is empty in a namespace that is not there, too; a service would have told.
  const missing =
    service === null && nearest.length === 0 ? await readMissingNamespace(api, namespace, signal) : null;
  if (missing !== null) return missing;
  // Pods with nearly these labels speak for a slip of the pen; none at all, for a deployment that is on its way.
  return { ...obstacle, args: { ...obstacle.args, nearest }, passing: nearest.length === 0 };
}
