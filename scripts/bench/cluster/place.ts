import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { getClusterFolder, readRecord } from '../../cluster/folder.js';
import { SETTINGS } from '../server.js';

/** A PostgreSQL in a namespace of its own, behind the service `postgres`. */
export interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly user: string;
  readonly password: string;
}

/** A service that has no pod. */
export const EMPTY_SERVICE = 'nobody';

const USER = 'bench';
const PASSWORD = 'of-the-benchmark';

/** Gives what the work gives, with a PostgreSQL in the cluster for tests; null where there is no cluster. */
export async function withPlace<T>(work: (place: Place) => Promise<T>): Promise<T | null> {
  const record = readRecord(getClusterFolder());
  if (record === null) return null;
  const { images, kubeconfig } = record;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const namespace = `plinth-test-bench-${randomBytes(3).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace, labels: { 'plinth-test': 'true' } } } });
  try {
    await deploy(core, namespace, images.postgres);
    return await work({ kubeconfig, namespace, user: USER, password: PASSWORD });
  } finally {
    await core.deleteNamespace({ name: namespace });
  }
}

async function deploy(core: CoreV1Api, namespace: string, image: string): Promise<void> {
  const labels = { app: 'postgres' };
  await core.createNamespacedSecret({
    namespace,
    body: { metadata: { name: 'postgres' }, stringData: { password: PASSWORD } },
  });
  for (const [name, selector] of [
    ['postgres', labels],
    [EMPTY_SERVICE, { app: EMPTY_SERVICE }],
  ] as const) {
    const spec = { selector, ports: [{ port: 5432 }] };
    await core.createNamespacedService({ namespace, body: { metadata: { name }, spec } });
  }
  const password = { secretKeyRef: { name: 'postgres', key: 'password' } };
  const container = {
    name: 'postgres',
    image,
    imagePullPolicy: 'IfNotPresent',
    // As the server beside it, so that what is known of one can be compared with the other.
    args: ['postgres', ...SETTINGS.flatMap((setting) => ['-c', setting])],
    env: [
      { name: 'POSTGRES_USER', value: USER },
      { name: 'POSTGRES_PASSWORD', valueFrom: password },
    ],
    ports: [{ containerPort: 5432 }],
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql' }],
  };
  // As of the server beside it: what a disk does is not measured.
  const volumes = [{ name: 'data', emptyDir: { medium: 'Memory' } }];
  const pod = { metadata: { name: 'postgres', labels }, spec: { containers: [container], volumes } };
  // The namespace's own account is made a moment later, and without it no pod is.
  for (let isMade = false; !isMade; await sleep(100)) {
    isMade = await core.createNamespacedPod({ namespace, body: pod }).then(
      () => true,
      (error: { code?: number }) => {
        if (error.code !== 403) throw error;
        return false;
      },
    );
  }
  const isReady = ({ status }: V1Pod): boolean =>
    (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
  while (!isReady(await core.readNamespacedPod({ namespace, name: 'postgres' }))) await sleep(200);
}
