import type { ClusterObject } from '../cluster/kinds.js';

/** Where a PostgreSQL is to be, and as what. */
export interface PostgresDeployment {
  readonly namespace: string;
  readonly image: string;
  readonly password: string;
}

const NAME = 'postgres';
const LABELS = { app: NAME };
const PORT = 5432;
const DATA = '/var/lib/postgresql';

/** What finds the pod of a PostgreSQL, and the port that tells whether it is ready. */
export const POSTGRES_PODS = { selector: `app=${NAME}`, port: 'postgres' } as const;

/** The Secret of a PostgreSQL. It is created once and never changed: the server has taken the password over. */
export function createPostgresSecret({ namespace, password }: PostgresDeployment): ClusterObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'postgres-secret', namespace },
    stringData: { POSTGRES_USER: 'slm_user', POSTGRES_DB: 'action_history', POSTGRES_PASSWORD: password },
  };
}

/** Service and StatefulSet of a PostgreSQL for tests: its data goes with the pod's node, not with the pod. */
export function createPostgresObjects({
  namespace,
  image,
}: Omit<PostgresDeployment, 'password'>): readonly ClusterObject[] {
  const metadata = { name: NAME, namespace, labels: LABELS };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: LABELS, ports: [{ name: 'postgres', port: PORT, targetPort: 'postgres' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        serviceName: NAME,
        replicas: 1,
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 10,
            containers: [createContainer(image)],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    },
  ];
}

function createContainer(image: string) {
  const isReady = { tcpSocket: { port: 'postgres' } };
  return {
    name: NAME,
    image,
    imagePullPolicy: 'IfNotPresent',
    // The data is not to outlive the node, so nothing waits for its disk; what a killed server wrote is there all the same.
    args: ['postgres', '-c', 'fsync=off'],
    env: [{ name: 'POSTGRES_INITDB_ARGS', value: '--no-sync' }],
    envFrom: [{ secretRef: { name: 'postgres-secret' } }],
    ports: [{ name: 'postgres', containerPort: PORT }],
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
    startupProbe: { ...isReady, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...isReady, periodSeconds: 1, timeoutSeconds: 5 },
    livenessProbe: { ...isReady, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    volumeMounts: [{ name: 'data', mountPath: DATA }],
  };
}
