import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { V1Container, V1ContainerState, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnectionConfig, type TlsConfig } from '../../src/postgres/config.js';
import { openSession } from '../../src/postgres/session.js';
import { createCertificate } from '../support/certificate.js';
import {
  type ClusterObject,
  createNamespace,
  getCluster,
  hasCluster,
  isReady,
  loadClient,
  type TestNamespace,
} from '../support/cluster.js';
import { createAccount } from '../support/cluster-account.js';
import { getPodPath, hasMachineFiles, runNodeInPod } from '../support/cluster-node.js';
import { deployPgbouncer, hasPgbouncer } from '../support/cluster-pgbouncer.js';
import { type DeployedPostgres, deployPostgres } from '../support/cluster-postgres.js';

const CLIENT = fileURLToPath(import.meta.resolve('@kubernetes/client-node'));

/** A pod of one container, with what is laid over that. */
const createPod = (name: string, container: Partial<V1Container>): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: 'box', image: getCluster().images.busybox, command: ['sleep', '100000'], ...container },
    ],
  },
});

describe.skipIf(!hasCluster)('the cluster for tests', () => {
  let namespace: TestNamespace;

  beforeAll(async () => {
    namespace = await createNamespace();
  }, 200_000);
  afterAll(() => namespace?.remove());

  async function select(
    postgres: DeployedPostgres,
    pod: string,
    sql: string,
    tls: Partial<TlsConfig> = { mode: 'disable' },
  ): Promise<unknown> {
    const { PortForward } = await loadClient();
    const toPod = new PassThrough();
    const fromPod = new PassThrough();
    const socket = await new PortForward(namespace.config).portForward(
      namespace.name,
      pod,
      [5432],
      fromPod,
      null,
      toPod,
    );
    if (typeof socket === 'function') throw new Error('it was to be one connection');
    socket.addEventListener('close', () => fromPod.end());
    const { user, password, database } = postgres;
    const config = createConnectionConfig({ host: 'localhost', port: 5432, user, password, database, tls });
    const session = await openSession(config, {
      applicationName: 'plinth-test',
      connectTimeoutMs: 60_000,
      stream: () => Duplex.from({ readable: fromPod, writable: toPod }),
    });
    const rows = await session.query(sql);
    await session.close();
    return rows[0];
  }

  test('runs a PostgreSQL that answers through a tunnel', async () => {
    const postgres = await deployPostgres(namespace);
    const pod = await postgres.waitUntilReady();
    expect(
      await select(postgres, pod, 'select current_user::text as u, current_database()::text as d'),
    ).toEqual({
      u: 'slm_user',
      d: 'action_history',
    });
    const { code, stdout } = await namespace.execute(pod, 'postgres', '--version');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('postgres (PostgreSQL)') });
    // The first server, which made the database, was not the one that answers.
    expect(
      (await namespace.readLog(pod)).match(/database system is ready to accept connections/g),
    ).toHaveLength(2);
  }, 300_000);

  test('runs one with TLS, on a disk of a size', async () => {
    const tls = await createCertificate('localhost');
    const postgres = await deployPostgres(namespace, {
      name: 'secure',
      user: 'postgres',
      tls,
      diskSize: '96Mi',
    });
    const pod = await postgres.waitUntilReady();
    const sql = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
    const verified = { mode: 'verify-full', ca: tls.certificate } as const;
    expect(await select(postgres, pod, sql, verified)).toEqual({ ssl: true });
    const { stdout } = await namespace.execute(pod, 'df', '-m', '/var/lib/postgresql');
    expect(stdout).toMatch(/^tmpfs +96 /m);
  }, 300_000);

  test.skipIf(!hasPgbouncer)(
    'puts a pooler in front of one',
    async () => {
      const postgres = await deployPostgres(namespace, { name: 'pooled' });
      await postgres.waitUntilReady();
      const { pod } = await deployPgbouncer(namespace, postgres);
      expect(await select(postgres, pod, 'select 1 as one')).toEqual({ one: 1 });
      expect(await namespace.readLog(pod)).toContain('new connection to server');
    },
    300_000,
  );

  test('tells what is wrong with pods', async () => {
    const limits = { memory: '20Mi' };
    await namespace.create(
      createPod('crashing', { command: ['sh', '-c', 'echo it is broken; exit 3'] }),
      createPod('greedy', { command: ['tail', '/dev/zero'], resources: { limits } }),
      createPod('large', { resources: { requests: { cpu: '1000' } } }),
      createPod('nowhere', { image: 'localhost:1/nobody/nothing:1' }),
    );
    const isWaiting = (reason: string) => (pod: V1Pod) => getState(pod).waiting?.reason === reason;
    await namespace.waitForPod('crashing', isWaiting('CrashLoopBackOff'));
    expect(await namespace.readLog('crashing', { previous: true })).toBe('it is broken\n');
    await namespace.waitForPod('greedy', (pod) => getLastState(pod).terminated?.reason === 'OOMKilled');
    await namespace.waitForPod('nowhere', isWaiting('ImagePullBackOff'));
    const isScheduled = (pod: V1Pod) => pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const large = await namespace.waitForPod('large', (pod) => isScheduled(pod)?.reason === 'Unschedulable');
    expect(isScheduled(large)?.message).toContain('Insufficient cpu');
  }, 300_000);

  test('answers to pods by the names and addresses of services', async () => {
    await namespace.create(createPod('inside', {}), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'nobody' },
      spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
    });
    await namespace.waitForPod('inside', isReady);
    const get = ['wget', '-q', '-O-', '--no-check-certificate'];
    const answer = await namespace.execute('inside', ...get, 'https://kubernetes.default.svc/healthz');
    expect(answer).toMatchObject({ code: 0, stdout: 'ok' });
    const known = await namespace.execute('inside', 'nslookup', `nobody.${namespace.name}.svc.cluster.local`);
    expect(known.code).toBe(0);
    const unknown = await namespace.execute(
      'inside',
      'nslookup',
      `other.${namespace.name}.svc.cluster.local`,
    );
    expect(unknown.code).not.toBe(0);
  }, 300_000);

  test.skipIf(!hasMachineFiles)(
    'runs a program of this machine with the account of its pod',
    async () => {
      await createAccount(namespace, 'inner', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
      const script = `
      const { CoreV1Api, KubeConfig } = await import(${JSON.stringify(getPodPath(CLIENT))});
      const config = new KubeConfig();
      config.loadFromCluster();
      const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: '${namespace.name}' });
      console.log(items.some(({ metadata }) => metadata.name === 'from-inside'));`;
      const args = ['--input-type=module', '--eval', script];
      const ended = await runNodeInPod(namespace, { name: 'from-inside', args, serviceAccount: 'inner' });
      expect(ended).toEqual({ code: 0, log: 'true\n' });
    },
    300_000,
  );

  test('lets an account do what it may, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plinth-account-'));
    try {
      const account = await createAccount(namespace, 'reader', [
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ]);
      const path = join(folder, 'kubeconfig');
      await account.writeKubeconfig(path);
      const { KubeConfig, CoreV1Api } = await loadClient();
      const config = new KubeConfig();
      config.loadFromFile(path);
      const core = config.makeApiClient(CoreV1Api);
      const { items } = await core.listNamespacedPod({ namespace: namespace.name });
      expect(items).toBeInstanceOf(Array);
      await expect(core.listNamespacedSecret({ namespace: namespace.name })).rejects.toMatchObject({
        code: 403,
      });
      await expect(core.listNamespacedPod({ namespace: 'default' })).rejects.toMatchObject({ code: 403 });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 300_000);

  test('forgets a namespace with all in it', async () => {
    const other = await createNamespace();
    await other.create(createPod('stubborn', {}));
    await other.waitForPod('stubborn', isReady);
    await other.remove({ wait: true });
    expect(await other.readPod('stubborn')).toBeNull();
  }, 300_000);
});

function getState(pod: V1Pod): V1ContainerState {
  return pod.status?.containerStatuses?.[0]?.state ?? {};
}

function getLastState(pod: V1Pod): V1ContainerState {
  return pod.status?.containerStatuses?.[0]?.lastState ?? {};
}
