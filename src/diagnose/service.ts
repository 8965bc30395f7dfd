import { getEndpoints, getPodPort, getServicePort, isReady } from '../cluster/endpoints.js';
import type { ServicePort } from '../cluster/objects.js';
import type { Surroundings } from '../cluster/surroundings.js';
import type { Obstacle } from './obstacle.js';
import { getPodObstacle } from './pod.js';

/**
 * What stands between a service and a ready pod of its own, the nearest to a cure first; none where there is an
 * endpoint. From what was read alone: no request.
 */
export function getServiceObstacles(surroundings: Surroundings): readonly Obstacle[] {
  if (getEndpoints(surroundings).length > 0) return [];
  const { service, wanted, pods } = surroundings;
  if (service !== null && getServicePort(service, wanted.port) === null) {
    const ports = (service.spec.ports ?? []).map(renderPort);
    const args = { service: service.metadata.name, port: wanted.port, ports };
    return [{ code: 'SERVICE_WITHOUT_PORT', args, passing: false }];
  }
  if (pods.length === 0) {
    const args = {
      service: service?.metadata.name ?? null,
      namespace: wanted.namespace,
      selector: surroundings.selector,
      nearest: [],
    };
    // The pods of a deployment that was made a moment ago are not there yet.
    return [{ code: 'SERVICE_WITHOUT_PODS', args, passing: surroundings.selector !== null }];
  }
  const found = pods.flatMap((pod): Obstacle[] => {
    const obstacle = getPodObstacle(pod);
    if (obstacle !== null) return [obstacle];
    if (!isReady(pod) || getPodPort(surroundings, pod) !== null) return [];
    const named = pod.spec.containers.flatMap(({ ports = [] }) => ports.flatMap(({ name }) => name ?? []));
    const port = String(service === null ? wanted.port : getServicePort(service, wanted.port)?.targetPort);
    return [{ code: 'PORT_UNNAMED', args: { pod: pod.metadata.name, port, ports: named }, passing: false }];
  });
  return rank(found);
}

// One pod that is about to come is worth waiting for, whatever is the matter with the others.
function rank(found: readonly Obstacle[]): readonly Obstacle[] {
  const order = (one: Obstacle): number => (one.code === 'POD_BEING_REPLACED' ? 2 : one.passing ? 0 : 1);
  const sorted = [...found].sort((a, b) => order(a) - order(b));
  // A pod that goes says nothing where another one stays in the way.
  return sorted;
}

const renderPort = ({ port, name, targetPort }: ServicePort): string =>
  `${port}${name === undefined ? '' : ` (${name})`}${targetPort === undefined || targetPort === port ? '' : ` → ${targetPort}`}`;
