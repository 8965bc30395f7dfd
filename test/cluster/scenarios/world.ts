import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  User,
  V1Container,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1PolicyRule,
  V1ServiceSpec,
} from '@kubernetes/client-node';
import { createCertificate } from '../../support/certificate.js';
import {
  createNamespace,
  getCluster,
  isReady,
  loadClient,
  type TestNamespace,
  waitFor,
} from '../../support/cluster.js';
import { createAccount } from '../../support/cluster-account.js';
import { deployPgbouncer } from '../../support/cluster-pgbouncer.js';
import { type Database, startDatabase } from './database.js';

/** A kubeconfig that is like the administrator's but for this. */
export interface KubeconfigChange {
  readonly server?: string;
  /** PEM. */
  readonly authority?: string;
  readonly user?: Partial<User>;
}

export interface Box {
  readonly labels?: V1ObjectMeta['labels'];
  /** Is laid over a container that sleeps. */
  readonly container?: Partial<V1Container>;
  readonly pod?: Partial<V1PodSpec>;
  /** Default: until it is ready. */
  readonly until?: (pod: V1Pod) => boolean;
}

/** Where the scenarios of one group take place: a namespace of their own, and what it takes to bring them about. */
export interface World {
  readonly namespace: TestNamespace;
  /** Of files for the scenarios; what is seen of it is told as `~/.kube`. */
  readonly folder: string;
  readonly busybox: string;
  writeFile(name: string, text: string): Promise<string>;
  writeKubeconfig(change?: KubeconfigChange): Promise<string>;
  /** The kubeconfig of an account with these rights in the namespace. */
  createAccount(name: string, rules: readonly V1PolicyRule[]): Promise<string>;
  /** The URL of a server that does not run. */
  getClosedServer(): Promise<string>;
  /** PEM of an authority that signed nothing here. */
  createOtherAuthority(): Promise<string>;
  /** PEM of a certificate and its key. */
  createServerCertificate(): Promise<{ readonly certificate: string; readonly key: string }>;
  createService(name: string, spec: V1ServiceSpec): Promise<void>;
  /** A pod of one container, and waits for it. */
  createBox(name: string, box?: Box): Promise<void>;
  /** The group's PostgreSQL: service `postgres`, pod `postgres-0`; started by the first who asks. */
  getDatabase(): Promise<Database>;
  /** Puts a PgBouncer in front of it. */
  createPooler(): Promise<void>;
  waitFor<T>(what: string, get: () => Promise<T | null>): Promise<T>;
  /** What is seen, with the names that the scenarios have for it. */
  tidy<T>(seen: T): T;
  remove(): Promise<void>;
}

export async function createWorld(): Promise<World> {
  const namespace = await createNamespace();
  const folder = await mkdtemp(join(tmpdir(), 'plinth-scenarios-'));
  const client = await loadClient();
  const { server, caData = '' } = namespace.config.getCurrentCluster()!;
  const servers = [server];
  let database: Promise<Database> | null = null;
  const getDatabase = (): Promise<Database> => {
    database ??= startDatabase(namespace);
    return database;
  };
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    await chmod(path, 0o700);
    return path;
  };
  return {
    namespace,
    folder,
    busybox: getCluster().images.busybox,
    writeFile: write,
    waitFor,
    async writeKubeconfig(change = {}) {
      const config = new client.KubeConfig();
      const authority =
        change.authority === undefined ? caData : Buffer.from(change.authority).toString('base64');
      const user = change.user ?? namespace.config.getCurrentUser()!;
      config.loadFromOptions({
        clusters: [{ name: 'e2e', server: change.server ?? server, caData: authority }],
        users: [{ ...user, name: 'anna' }],
        contexts: [{ name: 'e2e', cluster: 'e2e', user: 'anna', namespace: namespace.name }],
        currentContext: 'e2e',
      });
      return await write('config', config.exportConfig());
    },
    async createAccount(name, rules) {
      const path = join(folder, 'config');
      await (await createAccount(namespace, name, rules)).writeKubeconfig(path);
      return path;
    },
    async getClosedServer() {
      const listener = createServer();
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      const { port } = listener.address() as { port: number };
      await new Promise((resolve) => listener.close(resolve));
      servers.push(`https://127.0.0.1:${port}`);
      return servers.at(-1)!;
    },
    createOtherAuthority: async () => (await createCertificate('another-cluster')).certificate,
    createServerCertificate: () => createCertificate('postgres'),
    async createService(name, spec) {
      await namespace.create({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
    },
    async createBox(name, { labels = {}, container = {}, pod = {}, until = isReady } = {}) {
      const sleeping = { name: 'box', image: getCluster().images.busybox, command: ['sleep', '100000'] };
      await namespace.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ ...sleeping, ...container }], ...pod },
      });
      await namespace.waitForPod(name, until);
    },
    getDatabase,
    async createPooler() {
      await deployPgbouncer(namespace, (await getDatabase()).deployed);
    },
    tidy(seen) {
      const known = servers.reduce(
        (text, one) => text.replaceAll(one, 'https://cluster:6443'),
        JSON.stringify(seen),
      );
      return JSON.parse(known.replaceAll(namespace.name, 'shop').replaceAll(folder, '~/.kube'));
    },
    async remove() {
      await namespace.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
