import type { ClusterObject } from '../cluster/kinds.js';
import { REMEDIATION_GROUP } from './remediation-request.js';

const NAME = 'remediation-orchestrator';
const LABELS = { app: NAME };
const HEALTH_PORT = 8080;

/** What finds the controller's pods, and the port that tells whether one is ready. */
export const CONTROLLER_PODS = { selector: `app=${NAME}`, port: String(HEALTH_PORT) } as const;

/** Service account, rights and Deployment of the Remediation Orchestrator. */
export function createControllerObjects(namespace: string, image: string): readonly ClusterObject[] {
  const metadata = { name: NAME, namespace, labels: LABELS };
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: [REMEDIATION_GROUP],
          resources: ['remediationrequests'],
          verbs: ['get', 'list', 'watch'],
        },
        { apiGroups: [REMEDIATION_GROUP], resources: ['remediationrequests/status'], verbs: ['update'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            serviceAccountName: NAME,
            terminationGracePeriodSeconds: 10,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [createContainer(image)],
          },
        },
      },
    },
  ];
}

function createContainer(image: string) {
  const fromSecret = (name: string, key: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: 'postgres-secret', key } },
  });
  return {
    name: 'controller',
    image,
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'PGHOST', value: 'postgres' },
      fromSecret('PGUSER', 'POSTGRES_USER'),
      fromSecret('PGDATABASE', 'POSTGRES_DB'),
      fromSecret('PGPASSWORD', 'POSTGRES_PASSWORD'),
    ],
    ports: [{ name: 'health', containerPort: HEALTH_PORT }],
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 1, timeoutSeconds: 5 },
    livenessProbe: { httpGet: { path: '/livez', port: 'health' }, periodSeconds: 10, timeoutSeconds: 5 },
    resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
