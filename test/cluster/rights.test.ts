import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1PolicyRule, V1Role } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlinthError } from '../../src/index.js';
import { type ApplyOptions, apply } from '../../src/index.js';
import { kubernautMigrations } from '../../src/kubernaut/index.js';
import { createNamespace, hasCluster, type TestNamespace } from '../support/cluster.js';
import { createAccount } from '../support/cluster-account.js';
import { deployPostgres } from '../support/cluster-postgres.js';

const ROLE = await readRole();

/** The Role that the documentation tells to use. */
async function readRole(): Promise<readonly V1PolicyRule[]> {
  const text = await readFile(join(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(text) ?? [];
  return (load(yaml) as V1Role).rules!;
}

const core = (resource: string, ...verbs: string[]): V1PolicyRule => ({
  apiGroups: [''],
  resources: [resource],
  verbs,
});
const TUNNEL = core('pods/portforward', 'get', 'create');
const SECRET = core('secrets', 'get');

describe.skipIf(!hasCluster)('the rights in the documentation', () => {
  let namespace: TestNamespace;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-rights-'));
    namespace = await createNamespace();
    const postgres = await deployPostgres(namespace);
    const pod = await postgres.waitUntilReady();
    const { uid } = (await namespace.readPod(pod))!.metadata!;
    const targetRef = { kind: 'Pod', name: pod, namespace: namespace.name, uid };
    await namespace.create(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'by-hand' }, spec: { ports: [{ port: 5432 }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'by-hand-1', labels: { 'kubernetes.io/service-name': 'by-hand' } },
        addressType: 'IPv4',
        ports: [{ name: '', port: 5432 }],
        endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true }, targetRef }],
      },
    );
  }, 200_000);
  afterAll(async () => {
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  let accounts = 0;
  async function applyWith(rules: readonly V1PolicyRule[], more: Partial<ApplyOptions> = {}) {
    accounts += 1;
    const account = await createAccount(namespace, `account-${accounts}`, rules);
    const kubeconfig = join(folder, String(accounts));
    await account.writeKubeconfig(kubeconfig);
    const options = { migrations: kubernautMigrations, tables: ['workflows'], timeout: '60s' };
    return await apply({ ...options, kubeconfig, namespace: namespace.name, ...more });
  }

  test('are enough', async () => {
    expect(await applyWith(ROLE)).toMatchObject({ outcome: 'applied', created: ['public.workflows'] });
  });

  test.each(ROLE.map((rule) => [rule.resources![0]!, rule] as const))(
    'are all needed: without the rule on %s it ends with that rule',
    async (resource, rule) => {
      const error = (await applyWith(ROLE.filter((other) => other !== rule)).catch(
        (thrown: unknown) => thrown,
      )) as PlinthError;
      expect(error).toMatchObject({
        name: 'PostgresNotReadyError',
        code: 'RIGHT_MISSING',
        args: { resource, group: '', namespace: namespace.name },
      });
      expect(rule.verbs).toContain((error.args as { verb: string }).verb);
      const verbs = rule.verbs.map((verb) => `"${verb}"`).join(', ');
      const hint = `apiGroups: [""] resources: ["${resource}"] verbs: [${verbs}]`;
      expect(error.hint?.replace(/\s+/g, ' ')).toContain(hint);
    },
  );

  test.each<[string, readonly V1PolicyRule[], Partial<ApplyOptions>]>([
    ['a pod by its name', [core('pods', 'get'), TUNNEL, SECRET], { pod: 'postgres-0' }],
    ['labels', [core('pods', 'list'), TUNNEL, SECRET], { selector: 'app=postgres' }],
    [
      'a service without a selector',
      [
        core('services', 'get'),
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
        core('pods', 'get'),
        TUNNEL,
        SECRET,
      ],
      { postgresService: 'by-hand' },
    ],
    [
      'a Secret that is named in the rule',
      [
        core('services', 'get'),
        core('pods', 'list'),
        TUNNEL,
        { ...SECRET, resourceNames: ['postgres-secret'] },
      ],
      {},
    ],
    [
      'a password that is given',
      [core('services', 'get'), core('pods', 'list'), TUNNEL],
      { password: 's3cret-of-the-test' },
    ],
  ])('are others for %s', async (_for, rules, options) => {
    expect(await applyWith(rules, options)).toMatchObject({
      outcome: expect.stringMatching(/applied|nothing/),
    });
  });
});
