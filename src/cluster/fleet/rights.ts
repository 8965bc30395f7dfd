import type { TargetPlace } from '../../model/fleet.js';
import type { ClusterObject } from '../kinds.js';
import { type FleetName, getFleetMetadata } from './names.js';

const API = 'rbac.authorization.k8s.io';

/** Whose rights they are, and for what. */
export interface FleetRights extends FleetName {
  readonly account: string;
  readonly targets: readonly TargetPlace[];
  /** The ConfigMaps of the pods; null: any of the namespace, because their names are not known yet. */
  readonly shards: readonly string[] | null;
}

/** The service account of a fleet's pods. */
export const createFleetAccount = (rights: FleetRights): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: getFleetMetadata(rights, rights.account),
});

/** What the pods of a fleet need, by name: their Secrets, and the ConfigMaps that they write their results into. */
export function createFleetRights(rights: FleetRights): readonly ClusterObject[] {
  const { account, namespace, shards, targets } = rights;
  const secrets = getSecrets(targets);
  const own = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch'] };
  const places = [namespace, ...[...secrets.keys()].filter((place) => place !== namespace).sort()];
  return places.flatMap((place) => {
    const metadata = getFleetMetadata({ ...rights, namespace: place }, account);
    const names = [...(secrets.get(place) ?? [])].sort();
    const rules = [
      ...(place === namespace ? [{ ...own, ...(shards === null ? {} : { resourceNames: shards }) }] : []),
      ...(names.length === 0
        ? []
        : [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: names }]),
    ];
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
    const roleRef = { apiGroup: API, kind: 'Role', name: account };
    return [
      { apiVersion: `${API}/v1`, kind: 'Role', metadata, rules },
      { apiVersion: `${API}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef },
    ];
  });
}

function getSecrets(targets: readonly TargetPlace[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const target of targets) {
    const { name } = 'url' in target ? target.url : target.password;
    found.set(target.namespace, (found.get(target.namespace) ?? new Set()).add(name));
  }
  return found;
}
