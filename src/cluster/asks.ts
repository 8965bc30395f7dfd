import type { Ask } from './api.js';

const QUERY = (query: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(query).toString();
  return text === '' ? '' : `?${text}`;
};

const core = (
  verb: Ask['verb'],
  resource: string,
  namespace: string,
  name: string | null,
  query: Readonly<Record<string, string>> = {},
): Ask => {
  const [plural, sub] = resource.split('/') as [string, string?];
  const parts = ['/api/v1/namespaces', encodeURIComponent(namespace), plural];
  if (name !== null) parts.push(encodeURIComponent(name));
  if (sub !== undefined) parts.push(sub);
  return { verb, resource, group: '', namespace, name, path: parts.join('/') + QUERY(query) };
};

/** The requests that finding, reaching and diagnosing a PostgreSQL takes; docs/kubernetes.md lists the rights for them. */
export const ASKS = {
  version: (): Ask => ({
    verb: 'get',
    resource: '/version',
    group: '',
    namespace: null,
    name: null,
    path: '/version',
  }),
  accessReview: (): Ask => ({
    verb: 'create',
    resource: 'selfsubjectaccessreviews',
    group: 'authorization.k8s.io',
    namespace: null,
    name: null,
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  }),
  namespace: (name: string): Ask => ({
    verb: 'get',
    resource: 'namespaces',
    group: '',
    namespace: null,
    name,
    path: `/api/v1/namespaces/${encodeURIComponent(name)}`,
  }),
  namespaces: (): Ask => ({
    verb: 'list',
    resource: 'namespaces',
    group: '',
    namespace: null,
    name: null,
    path: '/api/v1/namespaces',
  }),
  service: (namespace: string, name: string): Ask => core('get', 'services', namespace, name),
  services: (namespace: string): Ask => core('list', 'services', namespace, null),
  pod: (namespace: string, name: string): Ask => core('get', 'pods', namespace, name),
  pods: (namespace: string, labelSelector: string): Ask =>
    core('list', 'pods', namespace, null, labelSelector === '' ? {} : { labelSelector }),
  watchPods: (namespace: string, labelSelector: string, resourceVersion: string): Ask =>
    core('watch', 'pods', namespace, null, {
      watch: 'true',
      resourceVersion,
      ...(labelSelector === '' ? {} : { labelSelector }),
    }),
  watchPod: (namespace: string, pod: string, resourceVersion: string): Ask =>
    core('watch', 'pods', namespace, null, {
      watch: 'true',
      resourceVersion,
      fieldSelector: `metadata.name=${pod}`,
    }),
  endpointSlices: (namespace: string, service: string): Ask => ({
    verb: 'list',
    resource: 'endpointslices',
    group: 'discovery.k8s.io',
    namespace,
    name: null,
    path: `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices${QUERY({
      labelSelector: `kubernetes.io/service-name=${service}`,
    })}`,
  }),
  secret: (namespace: string, name: string): Ask => core('get', 'secrets', namespace, name),
  configMap: (namespace: string, name: string): Ask => core('get', 'configmaps', namespace, name),
  events: (namespace: string, pod: string): Ask =>
    core('list', 'events', namespace, null, {
      fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod}`,
    }),
  logs: (namespace: string, pod: string, container: string, previous: boolean): Ask =>
    core('get', 'pods/log', namespace, pod, {
      container,
      tailLines: '20',
      ...(previous ? { previous: 'true' } : {}),
    }),
  // A WebSocket begins with a GET. From 1.35 on the API server asks for `create`, too.
  portForward: (namespace: string, pod: string, port: number): Ask =>
    core('get', 'pods/portforward', namespace, pod, { ports: String(port) }),
} as const;
