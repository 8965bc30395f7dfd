import type { Ask } from './api.js';

/** An object as it is given to the API server. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

// Of the kinds that Plinth makes: `namespaces` have no namespace, nor have definitions.
const PLURALS: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  CustomResourceDefinition: 'customresourcedefinitions',
  Deployment: 'deployments',
  Job: 'jobs',
  Namespace: 'namespaces',
  Pod: 'pods',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  StatefulSet: 'statefulsets',
};
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'Namespace']);

/** The request about an object of one of these kinds. */
export function getObjectAsk(
  verb: Ask['verb'],
  { apiVersion, kind, metadata }: Pick<ClusterObject, 'apiVersion' | 'kind' | 'metadata'>,
  query = '',
): Ask {
  const resource = PLURALS[kind];
  if (resource === undefined) throw new TypeError(`Plinth makes no ${kind}`);
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const namespace = WITHOUT_NAMESPACE.has(kind) ? null : (metadata.namespace ?? 'default');
  const parts = [
    group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`,
    ...(namespace === null ? [] : ['namespaces', encodeURIComponent(namespace)]),
    resource,
    encodeURIComponent(metadata.name),
  ];
  return { verb, resource, group, namespace, name: metadata.name, path: parts.join('/') + query };
}

/** Brings an object to be what it should, made where it is not there; others may do the same at once. */
export const getApplyAsk = (object: ClusterObject): Ask =>
  getObjectAsk('patch', object, '?fieldManager=plinth&force=true');

/** Takes an object away, with all that belongs to it. */
export const getDeleteAsk = (object: Pick<ClusterObject, 'apiVersion' | 'kind' | 'metadata'>): Ask =>
  getObjectAsk('delete', object, '?propagationPolicy=Background');
