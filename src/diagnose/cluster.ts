import { type Api, ApiError } from '../cluster/api.js';
import { ASKS } from '../cluster/asks.js';
import { type Endpoint, getServicePort } from '../cluster/endpoints.js';
import type { Service } from '../cluster/objects.js';
import { renderSelector, type Surroundings, type Wanted } from '../cluster/surroundings.js';
import type { Rung } from '../model/diagnosis.js';
import { readEvidence } from './evidence.js';
import type { Ladder } from './ladder.js';
import { lookFor, type Seen } from './look.js';
import { createObstacleError, type Obstacle } from './obstacle.js';
import { getRequestObstacle } from './request.js';
import { readRights } from './rights.js';

/** Climbs from the API server to a ready pod; null where there is none to connect to. */
export async function climbCluster(
  ladder: Ladder,
  api: Api,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<readonly Endpoint[] | null> {
  const version = await ladder.ask('api-server', () => readVersion(api, signal));
  if (version === null) return null;
  await askRights(ladder, api, wanted, getMinor(version.version), signal);
  await askNamespace(ladder, api, wanted, signal);
  const seen = await lookFor(api, wanted, signal);
  return await tellPods(ladder, api, wanted, seen, signal);
}

async function readVersion(api: Api, signal: AbortSignal): Promise<{ readonly version: string | null }> {
  try {
    const { gitVersion } = await api.read<{ gitVersion?: string }>(ASKS.version(), signal);
    return { version: gitVersion ?? null };
  } catch (error) {
    // It knows this user, who may not ask for the version.
    if (error instanceof ApiError && error.problem === 'forbidden') return { version: null };
    const obstacle = getRequestObstacle(error, api.access);
    throw obstacle === null ? error : createObstacleError([obstacle], error);
  }
}

/** `v1.34.1` → 34. */
const getMinor = (version: string | null): number => Number(/^v?\d+\.(\d+)/.exec(version ?? '')?.[1] ?? 0);

async function askRights(
  ladder: Ladder,
  api: Api,
  wanted: Wanted,
  minor: number,
  signal: AbortSignal,
): Promise<void> {
  const rights = await readRights(api, wanted, minor, signal);
  if (rights === null) ladder.leave('rights', null, 'the API server does not tell what this user may do');
  else if (rights.missing.length > 0) ladder.fail('rights', createObstacleError(rights.missing));
  else ladder.pass('rights', { allowed: rights.allowed }, rights.findings);
}

async function askNamespace(
  ladder: Ladder,
  api: Api,
  { namespace }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  try {
    await api.read(ASKS.namespace(namespace), signal);
    ladder.pass('namespace', { namespace });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Where it is not there, the look at the service says so, with the nearest names.
    if (error.problem !== 'not-found') ladder.leave('namespace', null, error.message);
  }
}

async function tellPods(
  ladder: Ladder,
  api: Api,
  wanted: Wanted,
  seen: Seen,
  signal: AbortSignal,
): Promise<readonly Endpoint[] | null> {
  const { surroundings } = seen;
  const failed = 'obstacles' in seen ? getRung(seen.obstacles[0]!, wanted) : null;
  if (failed !== 'service' && failed !== 'namespace') tellService(ladder, wanted, surroundings);
  if ('endpoints' in seen) {
    const ready = seen.endpoints.map(({ pod, port }) => ({ pod: pod.metadata.name, port }));
    ladder.pass('pods', { ready, others: seen.surroundings.pods.length - ready.length });
    return seen.endpoints;
  }
  const [first] = seen.obstacles;
  if (first!.code === 'RIGHT_MISSING' && ladder.getProblem('rights') !== null) {
    const { resource, reason } = first!.args;
    if (resource === 'services') ladder.leave('service', 'rights', reason);
    else if (wanted.service !== null) await askService(ladder, api, wanted, signal);
    ladder.leave('pods', 'rights', reason);
    return null;
  }
  const shown = await Promise.all(
    seen.obstacles.slice(0, 5).map((one) => readEvidence(api, wanted.namespace, one, signal)),
  );
  ladder.fail(failed!, createObstacleError(shown));
  return null;
}

async function askService(ladder: Ladder, api: Api, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const service = await api.read<Service>(ASKS.service(wanted.namespace, wanted.service!), signal);
  passService(ladder, wanted, service);
}

function tellService(ladder: Ladder, wanted: Wanted, surroundings: Surroundings | null): void {
  if (wanted.service === null) ladder.leave('service', null, 'no service is meant');
  else if (surroundings?.service) passService(ladder, wanted, surroundings.service);
}

function passService(ladder: Ladder, wanted: Wanted, service: Service): void {
  const selector = renderSelector(service.spec.selector ?? {});
  ladder.pass('service', {
    service: service.metadata.name,
    port: renderPort(service, wanted.port),
    selector: selector === '' ? null : selector,
  });
}

function renderPort(service: Service, wanted: string | null): string {
  const found = getServicePort(service, wanted);
  const target = found?.targetPort ?? found?.port;
  return found === null ? 'none' : target === found.port ? `${found.port}` : `${found.port} → ${target}`;
}

function getRung({ code }: Obstacle, { service }: Wanted): Rung {
  switch (code) {
    case 'NAMESPACE_MISSING':
      return 'namespace';
    case 'SERVICE_MISSING':
    case 'SERVICE_WITHOUT_PORT':
      return 'service';
    case 'API_UNREACHABLE':
    case 'API_CERTIFICATE_UNTRUSTED':
    case 'API_CREDENTIALS_REFUSED':
    case 'API_FAILED':
      return 'api-server';
    case 'RIGHT_MISSING':
      return service === null ? 'pods' : 'service';
    default:
      return 'pods';
  }
}
