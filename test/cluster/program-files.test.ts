import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, readLoaded } from '../support/built-program.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';

const MIGRATIONS = join(import.meta.dirname, '../../src/kubernaut/migrations');

describe.skipIf(!hasCluster)('the built program in a cluster', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createNamespace();
    await (await deployPostgres(namespace)).waitUntilReady();
    await ensureBuilt();
  }, 200_000);
  afterAll(() => namespace?.remove());

  test('loads one file more than by a URL', async () => {
    const target = ['--kubeconfig', getCluster().kubeconfig, '--namespace', namespace.name];
    const argv = ['apply', '--migrations', MIGRATIONS, ...target];
    expect((await readLoaded(argv)).loaded).toEqual(['apply.cjs', 'cluster.cjs', 'main.cjs']);
    const again = await readLoaded(argv);
    expect(again.stdout).toContain('Nothing to do');
    expect(again.loaded).toEqual(['cluster.cjs', 'main.cjs']);
  });
});
