import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, createBundle } from '../cli/helpers/bundle.js';
import { createNamespace, type TestNamespace } from '../support/cluster.js';
import { createAccount } from '../support/cluster-account.js';
import { getPodPath, hasMachineFiles, runNodeInPod } from '../support/cluster-node.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const MIGRATIONS = join(import.meta.dirname, '../../src/kubernaut/migrations');
const core = (resource: string, ...verbs: string[]) => ({ apiGroups: [''], resources: [resource], verbs });

describe.skipIf(!hasMachineFiles)('plinth in a pod', () => {
  let namespace: TestNamespace;
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await createBundle({ cli: 'src/cli/main.ts' });
    namespace = await createNamespace();
    await (await deployPostgres(namespace)).waitUntilReady();
    await createAccount(namespace, 'migrator', [
      core('services', 'get'),
      core('pods', 'list'),
      core('secrets', 'get'),
    ]);
  }, 200_000);
  afterAll(async () => {
    await namespace?.remove();
    await bundle?.remove();
  });

  const run = (name: string, serviceAccount: string, ...args: string[]) =>
    runNodeInPod(namespace, {
      name,
      serviceAccount,
      args: [getPodPath(join(bundle.dir, 'cli.js')), ...args],
      env: [{ name: 'HOME', value: '/tmp' }],
    });
  const APPLY = ['apply', '--migrations', getPodPath(MIGRATIONS), '--tables', 'audit_events'];

  test('is its service account, in its own namespace, and needs neither a kubeconfig nor the right to a tunnel', async () => {
    const { code, log } = await run(
      'plinth',
      'migrator',
      ...APPLY,
      '--postgres-service',
      'postgres',
      '--verbose',
    );
    expect(log).toContain('public.audit_events');
    expect(code).toBe(0);
    const session = await openInCluster(namespace);
    expect(await session.query("select to_regclass('audit_events') is not null as made")).toEqual([
      { made: true },
    ]);
    await session.close();
  });

  test('tells of a port that is closed, as from outside', async () => {
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'closed' },
      spec: { selector: { app: 'postgres' }, ports: [{ port: 5432, targetPort: 1 }] },
    });
    const service = ['--postgres-service', 'closed', '--timeout', '3s'];
    const { code, log } = await run('closed', 'migrator', ...APPLY, ...service);
    expect(log).toContain('error[PORT_CLOSED]');
    expect(log).toContain('connect ECONNREFUSED');
    expect(code).toBe(4);
  });

  test('finds nothing in its way, and asks for no right to a tunnel', async () => {
    const { code, log } = await run('doctor', 'migrator', 'doctor', '--postgres-service', 'postgres');
    expect(log).not.toContain('portforward');
    expect(code).toBe(0);
  });

  test('tells what its service account may not do', async () => {
    const { code, log } = await run('nobody', 'default', ...APPLY, '--namespace', namespace.name);
    expect(log).toContain(`the right to get services in namespace ${namespace.name} is missing`);
    expect(log).toContain(`system:serviceaccount:${namespace.name}:default`);
    expect(code).toBe(4);
  });
});
