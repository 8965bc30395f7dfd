import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Cluster, User } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/cluster/api.js';
import { ASKS } from '../../src/cluster/asks.js';
import { type ClusterAccess, readKubeConfig } from '../../src/cluster/kube-config.js';
import { createTunnel } from '../../src/cluster/tunnel.js';
import {
  createAdminConfig,
  createNamespace,
  getCluster,
  hasCluster,
  type TestNamespace,
} from '../support/cluster.js';
import { createAccount } from '../support/cluster-account.js';
import { startConnectProxy } from '../support/connect-proxy.js';

const core = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });
// Somebody's own cluster may know its administrator by other means.
const hasCertificate = hasCluster && getCluster().provider !== 'given';
const EXEC = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

describe.skipIf(!hasCluster)('access to a cluster', () => {
  let namespace: TestNamespace;
  let folder: string;
  let cluster: Cluster;
  let admin: User;
  let token: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-access-'));
    namespace = await createNamespace();
    const config = await createAdminConfig();
    cluster = config.getCurrentCluster()!;
    admin = config.getCurrentUser()!;
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'echo' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'echo',
            image: getCluster().images.busybox,
            command: ['nc', '-ll', '-p', '7000', '-e', 'cat'],
          },
        ],
      },
    } as never);
    const account = await createAccount(namespace, 'reader', [
      core('pods', 'list'),
      core('pods/portforward', 'get', 'create'),
    ]);
    token = account.token;
    await namespace.waitForPod('echo', ({ status }) => status?.phase === 'Running');
  }, 200_000);
  afterAll(async () => {
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  let files = 0;
  /** A folder with a kubeconfig of one context, and other files beside it. */
  async function writeKubeconfig(
    user: object,
    beside: Readonly<Record<string, string>> = {},
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    files += 1;
    const own = join(folder, String(files));
    await mkdir(own);
    for (const [name, text] of Object.entries(beside))
      await writeFile(join(own, name), text, { mode: 0o700 });
    const path = join(own, 'kubeconfig');
    await writeFile(path, JSON.stringify({ ...createConfig(user), ...more }), { mode: 0o600 });
    return path;
  }

  const createConfig = (user: object, proxy?: string) => ({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: cluster.server,
          'certificate-authority-data': cluster.caData,
          ...(proxy === undefined ? {} : { 'proxy-url': proxy }),
        },
      },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: namespace.name } }],
    'current-context': 'x',
  });

  const read = (kubeconfig: string | null, env: NodeJS.ProcessEnv = {}, context: string | null = null) =>
    readKubeConfig({ kubeconfig, context }, env);

  const listPods = async (access: ClusterAccess): Promise<string[]> => {
    const list = await createApi(access).read<{ items: { metadata: { name: string } }[] }>(
      ASKS.pods(namespace.name, ''),
    );
    return list.items.map(({ metadata }) => metadata.name);
  };

  /** A request and a tunnel, as a run makes them. */
  async function expectAccess(access: ClusterAccess): Promise<void> {
    expect(await listPods(access)).toEqual(['echo']);
    const tunnel = createTunnel(access, { namespace: namespace.name, pod: 'echo', port: 7000 });
    tunnel.write('here');
    expect(String((await once(tunnel, 'data'))[0])).toBe('here');
    tunnel.destroy();
  }

  const renderCredential = (status: object): string =>
    JSON.stringify({ apiVersion: EXEC.apiVersion, kind: 'ExecCredential', status });
  const renderPlugin = (...lines: string[]): string => ['#!/bin/sh', ...lines, ''].join('\n');
  const decode = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString();

  test.skipIf(!hasCertificate)('by client certificate, in the file and beside it', async () => {
    const inside = { 'client-certificate-data': admin.certData, 'client-key-data': admin.keyData };
    await expectAccess(await read(await writeKubeconfig(inside)));
    const beside = { 'client.crt': decode(admin.certData), 'client.key': decode(admin.keyData) };
    const named = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
    await expectAccess(await read(await writeKubeconfig(named, beside)));
  });

  test('by token, in the file and beside it', async () => {
    await expectAccess(await read(await writeKubeconfig({ token })));
    const kubeconfig = await writeKubeconfig({ tokenFile: 'token' }, { token: `${token}\n` });
    await expectAccess(await read(kubeconfig));
  });

  test('by a token file that is written anew: the refused token is forgotten', async () => {
    const kubeconfig = await writeKubeconfig({ tokenFile: 'token' }, { token: 'old' });
    const access = await read(kubeconfig);
    await expect(listPods(access)).rejects.toMatchObject({ problem: 'unauthorized', status: 401 });
    await writeFile(join(kubeconfig, '../token'), token);
    await expectAccess(access);
  });

  test('by an exec plugin that gives a token', async () => {
    const exec = { ...EXEC, command: './plugin', args: ['it'], env: [{ name: 'GIVEN', value: token }] };
    const template = renderCredential({ token: 'GIVEN' });
    const plugin = renderPlugin(`[ "$1" = it ] && echo '${template}' | sed "s/GIVEN/$GIVEN/"`);
    await expectAccess(await read(await writeKubeconfig({ exec }, { plugin })));
  });

  test.skipIf(!hasCertificate)('by an exec plugin that gives a certificate', async () => {
    const status = { clientCertificateData: decode(admin.certData), clientKeyData: decode(admin.keyData) };
    const plugin = renderPlugin('cat "$(dirname "$0")/credential"');
    const beside = { plugin, credential: renderCredential(status) };
    await expectAccess(await read(await writeKubeconfig({ exec: { ...EXEC, command: './plugin' } }, beside)));
  });

  test('an exec plugin is asked again when what it gave is refused, though it was said to be good for long', async () => {
    const expirationTimestamp = '2999-01-01T00:00:00Z';
    const beside = {
      first: renderCredential({ token: 'gone', expirationTimestamp }),
      second: renderCredential({ token, expirationTimestamp }),
      plugin: renderPlugin('cd "$(dirname "$0")"', 'cat first', 'cp second first', 'echo asked >> asked'),
    };
    const kubeconfig = await writeKubeconfig({ exec: { ...EXEC, command: './plugin' } }, beside);
    await expectAccess(await read(kubeconfig));
    expect(await readFile(join(kubeconfig, '../asked'), 'utf8')).toBe('asked\nasked\n');
  });

  test('an exec plugin that fails is told with its own words', async () => {
    const plugin = renderPlugin('echo "log in first" >&2', 'exit 3');
    const kubeconfig = await writeKubeconfig({ exec: { ...EXEC, command: './plugin' } }, { plugin });
    await expect(listPods(await read(kubeconfig))).rejects.toMatchObject({
      code: 'CLUSTER_CREDENTIALS_FAILED',
      args: { user: 'u', reason: 'log in first' },
    });
  });

  test('by the id token of OIDC', async () => {
    // A service account's token has what an issuer's has: three parts, and a time at which it expires.
    const config = { 'idp-issuer-url': 'https://issuer.invalid', 'client-id': 'plinth', 'id-token': token };
    const user = { 'auth-provider': { name: 'oidc', config } };
    await expectAccess(await read(await writeKubeconfig(user)));
  });

  test('by way of a proxy, requests and tunnels alike', async () => {
    const proxy = await startConnectProxy();
    try {
      const { clusters } = createConfig({}, proxy.url);
      await expectAccess(await read(await writeKubeconfig({ token }, {}, { clusters })));
      const { host } = new URL(cluster.server);
      expect(proxy.asked.length).toBeGreaterThan(0);
      expect(new Set(proxy.asked)).toEqual(new Set([host]));
    } finally {
      await proxy.stop();
    }
  });

  test('KUBECONFIG joins several files: the first that names something wins, one that is not there is passed over', async () => {
    const { users } = createConfig({ token });
    const alone = { 'current-context': '' };
    const first = await writeKubeconfig({}, {}, { users: [], 'current-context': 'x' });
    const second = await writeKubeconfig({}, {}, { users, clusters: [], contexts: [], ...alone });
    const third = await writeKubeconfig(
      {},
      {},
      { ...createConfig({ token: 'wrong' }), 'current-context': 'y' },
    );
    const missing = join(folder, 'missing');
    const access = await read(null, { KUBECONFIG: [first, missing, second, third].join(delimiter) });
    expect(access).toMatchObject({ context: 'x', namespace: namespace.name });
    await expectAccess(access);
  });

  test('a context is chosen by its name, and brings its namespace', async () => {
    const contexts = [
      { name: 'x', context: { cluster: 'c', user: 'nobody' } },
      { name: 'other', context: { cluster: 'c', user: 'u', namespace: 'elsewhere' } },
    ];
    const kubeconfig = await writeKubeconfig({ token }, {}, { contexts });
    const access = await read(kubeconfig, {}, 'other');
    expect(access).toMatchObject({ context: 'other', namespace: 'elsewhere' });
    await expectAccess(access);
    await expect(read(kubeconfig)).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
    await expect(read(kubeconfig, {}, 'othr')).rejects.toMatchObject({ code: 'CONTEXT_UNKNOWN' });
  });
});
