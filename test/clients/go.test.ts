import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openInCluster } from '../cluster/support.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';

const ROOT = join(import.meta.dirname, '../..');
const MODULE = join(ROOT, 'clients/go');
const BUILD_MS = 600_000;

const hasGo = ((): boolean => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('The Go client is not tested: there is no go on the PATH (https://go.dev/doc/install).');
    return false;
  }
})();

async function runGo(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)('go', [...args], {
    cwd,
    env: { ...process.env, PLINTH_BIN: join(ROOT, 'dist/cli.cjs'), ...env },
    maxBuffer: 1e8,
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`go ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

describe.skipIf(!hasGo)('the Go module', { timeout: BUILD_MS }, () => {
  test('passes go vet, here and for other systems, and depends on nothing', async () => {
    await runGo(MODULE, ['vet', './...']);
    for (const GOOS of ['darwin', 'windows']) await runGo(MODULE, ['build', '.'], { GOOS });
    expect((await runGo(MODULE, ['list', '-m', 'all'])).trim()).toBe('plinth/clients/go');
  });

  test('passes its own tests under the race detector', async () => {
    expect(await runGo(MODULE, ['test', '-race', '-count=1', './...'])).toMatch(/^ok\s/);
  });
});

describe.skipIf(!hasGo || !hasCluster)('a Ginkgo suite', { timeout: BUILD_MS }, () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createNamespace();
  }, 200_000);
  afterAll(() => namespace?.remove());

  test('migrates a PostgreSQL in a cluster through the program, and leaves no process', async () => {
    const labels = { app: 'never' };
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'empty' },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    });
    await deployPostgres(namespace);
    const create = async (database: string, sql: string): Promise<void> => {
      const session = await openInCluster(namespace, { database });
      await session.execute(sql);
      await session.close();
    };
    await create('action_history', 'create database other');
    await create('other', 'create table audit_events (id int)');
    const output = await runGo(join(MODULE, 'suite'), ['test', '-race', '-count=1', '-v', './...'], {
      KUBECONFIG: getCluster().kubeconfig,
      NAMESPACE: namespace.name,
      OTHER_DATABASE: 'other',
    });
    expect(output).toMatch(/Ran 6 of 6 Specs/);
  });

  test('passes go vet', () => runGo(join(MODULE, 'suite'), ['vet', './...']));
});
