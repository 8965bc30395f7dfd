import { getCluster, hasCluster, isReady, type TestNamespace } from './cluster.js';
import type { DeployedPostgres } from './cluster-postgres.js';

/** True where the cluster has an image of it. */
export const hasPgbouncer = hasCluster && getCluster().images.pgbouncer !== null;

/** Puts a PgBouncer, pod and service `pgbouncer` with port 5432, in front of a PostgreSQL; waits until it is ready. */
export async function deployPgbouncer(
  namespace: TestNamespace,
  postgres: DeployedPostgres,
  poolMode: 'session' | 'transaction' | 'statement' = 'transaction',
): Promise<{ readonly service: string; readonly pod: string }> {
  const name = 'pgbouncer';
  const labels = { app: name };
  // https://www.pgbouncer.org/config.html
  const config = `[databases]
* = host=${postgres.service}.${namespace.name}.svc.cluster.local port=5432
[pgbouncer]
listen_addr = *
listen_port = 5432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = ${poolMode}
ignore_startup_parameters = extra_float_digits,options
`;
  await namespace.create(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { 'pgbouncer.ini': config, 'userlist.txt': `"${postgres.user}" "${postgres.password}"\n` },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'config', configMap: { name } }],
        containers: [
          {
            name,
            image: getCluster().images.pgbouncer,
            ports: [{ containerPort: 5432 }],
            readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1, timeoutSeconds: 10 },
            volumeMounts: [{ name: 'config', mountPath: '/etc/pgbouncer' }],
          },
        ],
      },
    },
  );
  await namespace.waitForPod(name, isReady);
  return { service: name, pod: name };
}
