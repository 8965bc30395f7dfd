import type { V1Container } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterOptions } from '../../src/options.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const sleep = ['sleep', '100000'];

describe.skipIf(!hasCluster)('the way to a pod', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createNamespace();
    const images = getCluster().images;
    // What stands beside PostgreSQL, with names and variables that could be taken for its own.
    const exporter: V1Container = {
      name: 'exporter',
      image: images.busybox,
      command: sleep,
      ports: [{ name: 'metrics', containerPort: 9187 }],
      env: [{ name: 'POSTGRES_USER', value: 'exporter' }],
    };
    const sidecar: V1Container = {
      name: 'backup',
      image: images.busybox,
      command: sleep,
      restartPolicy: 'Always',
      ports: [{ name: 'backup', containerPort: 5433 }],
    };
    const [one, accompanied, pair] = await Promise.all([
      deployPostgres(namespace, { args: ['-c', 'cluster_name=one'] }),
      deployPostgres(namespace, {
        name: 'accompanied',
        args: ['-c', 'cluster_name=accompanied'],
        before: [exporter],
        pod: { initContainers: [sidecar] },
      }),
      deployPostgres(namespace, {
        name: 'pair',
        replicas: 2,
        // The first one, by its name, is a standby.
        initScripts: {
          '50.sh': 'case $(cat /etc/hostname) in *-0) touch "$PGDATA/standby.signal" ;; esac\n',
        },
      }),
    ]);
    await Promise.all([one.waitUntilReady(), accompanied.waitUntilReady(), pair.waitUntilReady()]);
    await namespace.waitForPod('pair-1', ({ status }) =>
      (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    const uid = (await namespace.readPod('postgres-0'))!.metadata!.uid;
    const address = (await namespace.readPod('postgres-0'))!.status!.podIP!;
    const createService = (name: string, spec: object) =>
      ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }) as never;
    const createSlice = (name: string, endpoint: object) =>
      ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        ports: [{ name: 'db', port: 5432 }],
        endpoints: [endpoint],
      }) as never;
    const selector = { app: 'postgres' };
    const targetRef = { kind: 'Pod', name: 'postgres-0', namespace: namespace.name, uid };
    await namespace.create(
      createService('numbered', { selector, ports: [{ port: 6000, targetPort: 5432 }] }),
      createService('untold', { selector, ports: [{ port: 5432 }] }),
      createService('several', {
        selector,
        ports: [
          { name: 'metrics', port: 9187, targetPort: 9187 },
          { name: 'postgresql', port: 6432, targetPort: 'pg' },
        ],
      }),
      createService('headless', { clusterIP: 'None', selector, ports: [{ port: 5432, targetPort: 'pg' }] }),
      createService('by-hand', { ports: [{ name: 'db', port: 7000 }] }),
      createSlice('by-hand', { addresses: [address], conditions: { ready: true }, targetRef }),
      createService('outside', { ports: [{ name: 'db', port: 5432 }] }),
      createSlice('outside', { addresses: ['192.0.2.1'], conditions: { ready: true } }),
    );
  }, 300_000);
  afterAll(() => namespace?.remove());

  async function readServer(options: ClusterOptions): Promise<unknown> {
    const session = await openInCluster(namespace, options);
    try {
      const [row] = await session.query("select current_setting('cluster_name') as name");
      return row!['name'];
    } finally {
      await session.close();
    }
  }

  test.each<[string, ClusterOptions]>([
    ['a service, by the name of its target port', {}],
    ['a service, by the number of its target port', { postgresService: 'numbered' }],
    ['a service without a target port', { postgresService: 'untold' }],
    ['the port of several that is PostgreSQL’s by its name', { postgresService: 'several' }],
    ['a port of a service by its number', { postgresService: 'several', port: 6432 }],
    ['a port of a service by its name', { postgresService: 'several', port: 'postgresql' }],
    ['a headless service', { postgresService: 'headless' }],
    ['a service without a selector, by its EndpointSlice', { postgresService: 'by-hand' }],
    ['a pod', { pod: 'postgres-0' }],
    ['a pod and the name of a port', { pod: 'postgres-0', port: 'pg' }],
    ['labels', { selector: 'app=postgres' }],
    ['labels, one of them from a set', { selector: 'app in (postgres, postgresql)' }],
    ['labels and a port number', { selector: 'app=postgres', port: 5432 }],
  ])('leads by %s', async (_by, options) => {
    expect(await readServer(options)).toBe('one');
  });

  test.each<[string, ClusterOptions]>([
    ['its service', { postgresService: 'accompanied' }],
    ['its name', { pod: 'accompanied-0' }],
  ])('leads to the PostgreSQL among the containers of a pod, by %s', async (_by, options) => {
    expect(await readServer(options)).toBe('accompanied');
  });

  test('of several pods leads to the primary, whatever their order', async () => {
    for (const options of [{ postgresService: 'pair' }, { selector: 'app=pair' }]) {
      const session = await openInCluster(namespace, options);
      const sql = `select pg_is_in_recovery() as standby, trim(pg_read_file('/etc/hostname'), E'\\n') as pod`;
      expect(await session.query(sql)).toEqual([{ standby: false, pod: 'pair-1' }]);
      await session.close();
    }
    const standby = await openInCluster(namespace, { pod: 'pair-0' });
    expect(await standby.query('select pg_is_in_recovery() as standby')).toEqual([{ standby: true }]);
    await standby.close();
  });

  test('ends where a service leads to no pod, or has no such port', async () => {
    await expect(openInCluster(namespace, { postgresService: 'outside' })).rejects.toMatchObject({
      code: 'SERVICE_WITHOUT_PODS',
      args: { selector: null },
    });
    await expect(openInCluster(namespace, { postgresService: 'several', port: 5432 })).rejects.toMatchObject({
      code: 'SERVICE_WITHOUT_PORT',
      args: { ports: ['9187 (metrics)', '6432 (postgresql) → pg'] },
    });
    await expect(openInCluster(namespace, { pod: 'postgres-0', port: 'pgsql' })).rejects.toMatchObject({
      code: 'PORT_UNNAMED',
      args: { ports: ['pg'] },
    });
  });
});
