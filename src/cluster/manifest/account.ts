import type { ClusterObject } from '../kinds.js';
import { getMetadata, type ManifestRequest } from './request.js';

const API = 'rbac.authorization.k8s.io';
const rule = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });

// From inside of the cluster the pod is reached without the API server; the last two are the evidence in errors.
const RULES = [
  rule('services', 'get'),
  rule('pods', 'get', 'list', 'watch'),
  rule('pods/log', 'get'),
  rule('events', 'list'),
];

/** What a service account needs to find PostgreSQL from inside of the cluster, and nothing more: for a URL none at all. */
export function createRights(request: ManifestRequest, name: string, account: string): ClusterObject[] {
  if (request.urlSecret !== null) return [];
  const metadata = getMetadata(request, name);
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: request.namespace }];
  const roleRef = { apiGroup: API, kind: 'Role', name };
  return [
    { apiVersion: `${API}/v1`, kind: 'Role', metadata, rules: RULES },
    { apiVersion: `${API}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef },
  ];
}
