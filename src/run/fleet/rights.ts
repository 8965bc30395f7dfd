import type { Api, Ask } from '../../cluster/api.js';
import type { FleetName } from '../../cluster/fleet/names.js';
import { createFleetAccount, createFleetRights } from '../../cluster/fleet/rights.js';
import { createObstacleError, type Obstacle } from '../../diagnose/obstacle.js';
import { type Right, readMissingRights } from '../../diagnose/rights.js';
import type { ResolvedFleetOptions } from '../../options.js';
import type { Manifest } from '../manifest.js';
import { createWorkloads } from '../workload.js';
import { readPlaces } from './read-targets.js';

const RBAC = 'rbac.authorization.k8s.io';
const NEEDED: readonly (readonly [group: string, resource: string, ...verbs: Ask['verb'][]])[] = [
  ['', 'configmaps', 'get', 'list', 'watch', 'create', 'patch'],
  ['batch', 'jobs', 'get', 'list', 'create', 'patch', 'delete'],
];
const OF_ACCOUNT: typeof NEEDED = [
  ['', 'serviceaccounts', 'create', 'patch'],
  [RBAC, 'roles', 'create', 'patch'],
  [RBAC, 'rolebindings', 'create', 'patch'],
];

/**
 * Sees to it that nothing of a fleet is refused midway.
 *
 * @throws RIGHT_MISSING, with all that are as its findings
 */
export async function ensureRights(
  api: Api,
  { namespace }: FleetName,
  { serviceAccount }: ResolvedFleetOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const missing: Obstacle[] = [];
  // One kind after another: all at once are more than a signal likes to be listened to by.
  for (const [group, resource, ...verbs] of [...NEEDED, ...(serviceAccount === null ? OF_ACCOUNT : [])]) {
    const rights = verbs.map((verb): Right => ({ verb, resource, group, namespace, name: null }));
    missing.push(...(await readMissingRights(api, rights, signal)));
  }
  if (missing.length > 0) throw createObstacleError(missing);
}

/**
 * The account of a fleet's pods with its rights, for who makes it once and for all. Patterns are not asked of their servers, and
 * nothing is made.
 *
 * @throws PlinthError
 */
export async function createRightsManifest(options: ResolvedFleetOptions): Promise<Manifest> {
  const { api } = await createWorkloads(options.kubeconfig, options.context);
  const namespace = options.namespace ?? api.access.namespace ?? 'default';
  const targets = await readPlaces(api, namespace, options, undefined);
  const account = options.serviceAccount ?? 'plinth-fleet';
  const rights = { service: options.service, namespace, fleet: account, account, targets, shards: null };
  const objects = [createFleetAccount(rights), ...createFleetRights(rights)];
  const { renderYaml } = await import('../../cluster/kubernetes-client.js');
  return {
    objects,
    yaml: objects.map((object) => renderYaml(object, { lineWidth: -1, noRefs: true })).join('---\n'),
  };
}
