import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { type ClusterObject, getCluster, isReady, type TestNamespace } from './cluster.js';

/** How a PostgreSQL in a pod is to be; everything has a default. */
export interface DeployOptions {
  /** Of the service, the workload and the container; the pod of a StatefulSet is NAME-0. Default: `postgres`. */
  readonly name?: string;
  /** Default: `slm_user`. */
  readonly user?: string;
  /** Kept in the Secret NAME-secret, key POSTGRES_PASSWORD. Default: `s3cret-of-the-test`. */
  readonly password?: string;
  /** Default: `action_history`. */
  readonly database?: string;
  /** Default: the cluster's image. */
  readonly image?: string;
  /** Default: `StatefulSet`. */
  readonly workload?: 'StatefulSet' | 'Deployment';
  /** Default: 1. */
  readonly replicas?: number;
  /** Arguments of the server after `-c fsync=off`. */
  readonly args?: readonly string[];
  /** Seconds before anything happens: the pod runs, its port is closed. Default: 0. */
  readonly startDelay?: number;
  /** Seconds that the first of the two servers stays, the one that only its own pod can reach. Default: 0. */
  readonly initDelay?: number;
  /** Files for /docker-entrypoint-initdb.d, by their names (`*.sh`, `*.sql`). */
  readonly initScripts?: Readonly<Record<string, string>>;
  /** PEM of a certificate and its key, for TLS. Default: none. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Puts the data on a disk of this size (e.g. `64Mi`) that can be full. */
  readonly diskSize?: string;
  /** Port of the service. Default: 5432; the pod's is 5432, named `pg`. */
  readonly port?: number;
  /** Is laid over the container, e.g. another readiness probe, or resources. */
  readonly container?: Partial<V1Container>;
  /** Containers of the pod that come before PostgreSQL's. */
  readonly before?: readonly V1Container[];
  /** Is laid over the pod's specification, e.g. a node selector. */
  readonly pod?: Partial<V1PodSpec>;
}

/** A PostgreSQL that was asked for; it need not run yet. */
export interface DeployedPostgres {
  readonly service: string;
  /** Matches its pods. */
  readonly selector: string;
  readonly secret: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Waits until a pod of it is ready, and returns the pod's name. */
  waitUntilReady(): Promise<string>;
}

const DATA = '/var/lib/postgresql';

/** Creates Secret, Service and workload of a PostgreSQL, and does not wait for it. */
export async function deployPostgres(
  namespace: TestNamespace,
  options: DeployOptions = {},
): Promise<DeployedPostgres> {
  const name = options.name ?? 'postgres';
  const user = options.user ?? 'slm_user';
  const password = options.password ?? 's3cret-of-the-test';
  const database = options.database ?? 'action_history';
  const secret = `${name}-secret`;
  await namespace.create(...createObjects(name, { ...options, user, password, database }));
  return {
    service: name,
    selector: `app=${name}`,
    secret,
    user,
    password,
    database,
    waitUntilReady: async () => (await namespace.waitForPod(`app=${name}`, isReady)).metadata!.name!,
  };
}

function createObjects(name: string, options: DeployOptions): readonly ClusterObject[] {
  const labels = { app: name };
  const initScripts = {
    ...options.initScripts,
    ...((options.initDelay ?? 0) > 0 ? { '99-delay.sh': `sleep ${options.initDelay}\n` } : {}),
  };
  const stringData = {
    POSTGRES_PASSWORD: options.password!,
    ...(options.tls === undefined ? {} : { 'tls.crt': options.tls.certificate, 'tls.key': options.tls.key }),
  };
  const workload = options.workload ?? 'StatefulSet';
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: `${name}-secret` }, stringData },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-init` }, data: initScripts },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: options.port ?? 5432, targetPort: 'pg' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: workload,
      metadata: { name },
      spec: {
        ...(workload === 'StatefulSet' ? { serviceName: name } : {}),
        replicas: options.replicas ?? 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: createPod(name, options) },
      },
    },
  ];
}

function createPod(name: string, options: DeployOptions): V1PodSpec {
  const tlsArgs = ['ssl=on', 'ssl_cert_file=/tls/tls.crt', 'ssl_key_file=/tls/tls.key'].flatMap((one) => [
    '-c',
    one,
  ]);
  const args = ['-c', 'fsync=off', ...(options.tls === undefined ? [] : tlsArgs), ...(options.args ?? [])];
  const container: V1Container = {
    name,
    image: options.image ?? getCluster().images.postgres,
    imagePullPolicy: 'IfNotPresent',
    args: ['postgres', ...args],
    env: [
      { name: 'POSTGRES_USER', value: options.user! },
      { name: 'POSTGRES_DB', value: options.database! },
      { name: 'POSTGRES_INITDB_ARGS', value: '--no-sync' },
      {
        name: 'POSTGRES_PASSWORD',
        valueFrom: { secretKeyRef: { name: `${name}-secret`, key: 'POSTGRES_PASSWORD' } },
      },
    ],
    ports: [{ name: 'pg', containerPort: 5432 }],
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1, timeoutSeconds: 10 },
    volumeMounts: [
      { name: 'data', mountPath: DATA },
      { name: 'init', mountPath: '/docker-entrypoint-initdb.d' },
      ...(options.tls === undefined ? [] : [{ name: 'tls', mountPath: '/tls' }]),
    ],
  };
  if ((options.startDelay ?? 0) > 0) {
    container.command = ['sh', '-c', `sleep ${options.startDelay}; exec docker-entrypoint.sh "$@"`, 'sh'];
  }
  const { diskSize } = options;
  return {
    // Its fast shutdown takes less; what does not end is not waited for.
    terminationGracePeriodSeconds: 5,
    // The group may read the key; PostgreSQL lets it where root owns the file.
    securityContext: { fsGroup: 999 },
    containers: [...(options.before ?? []), { ...container, ...options.container }],
    volumes: [
      { name: 'data', emptyDir: diskSize === undefined ? {} : { medium: 'Memory', sizeLimit: diskSize } },
      { name: 'init', configMap: { name: `${name}-init` } },
      ...(options.tls === undefined
        ? []
        : [{ name: 'tls', secret: { secretName: `${name}-secret`, defaultMode: 0o640 } }]),
    ],
    ...options.pod,
  };
}
