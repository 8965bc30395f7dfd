import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1ContainerStateTerminated, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { ManifestOptions } from '../../src/options.js';
import { createManifest } from '../../src/run.js';
import { createNamespace, type TestNamespace } from '../support/cluster.js';
import {
  applyManifest,
  getJobName,
  readJob,
  readJobPods,
  takesImages,
  waitForEnd,
} from '../support/cluster-jobs.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');
const getEnd = ({ status }: V1Pod): V1ContainerStateTerminated =>
  status!.containerStatuses![0]!.state!.terminated!;

describe.skipIf(!takesImages)('a Job whose attempts fail', () => {
  let namespace: TestNamespace;
  let options: ManifestOptions;
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'plinth-failed-jobs-'));
    namespace = await createNamespace();
    options = {
      migrations: writeFolder('shop', 'CREATE TABLE orders (id int);'),
      namespace: namespace.name,
      passwordSecret: 'postgres-secret/POSTGRES_PASSWORD',
      image: await ensurePlinthImage(ROOT),
    };
  }, 300_000);
  afterAll(async () => {
    rmSync(root, { recursive: true });
    await namespace?.remove();
  });

  const writeFolder = (name: string, ...files: readonly string[]): string => {
    mkdirSync(join(root, name));
    for (const [index, sql] of files.entries()) writeFileSync(join(root, name, `00${index}.sql`), `${sql}\n`);
    return join(root, name);
  };

  test('is tried again where the PostgreSQL was not there yet, and the first pod tells so', async () => {
    // Without it the container is not started at all.
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'early' } };
    await namespace.create({ ...secret, stringData: { password: 's3cret-of-the-test' } });
    const job = await createManifest('job', { ...options, passwordSecret: 'early/password' });
    await applyManifest(job);
    const name = getJobName(job);
    await namespace.waitForPod(
      `batch.kubernetes.io/job-name=${name}`,
      ({ status }) => status?.phase === 'Failed',
    );
    await deployPostgres(namespace);
    expect((await waitForEnd(namespace, name)).type).toBe('Complete');
    const [first, ...later] = await readJobPods(namespace, name);
    expect(getEnd(first!)).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('SERVICE_MISSING'),
    });
    expect(getEnd(later.at(-1)!).exitCode).toBe(0);
    expect((await readJob(namespace, name)).status?.failed).toBe(later.length);
  });

  test('ends at once where the same again would not help; pod, message and log stay', async () => {
    const migrations = writeFolder('wrong', 'CREATE TABLE carts (id int);', 'SELECT 1;\nSELECT 1/0;');
    const job = await createManifest('job', { ...options, migrations, service: 'wrong', history: 'wrong' });
    await applyManifest(job);
    const name = getJobName(job);
    const { type, reason, message } = await waitForEnd(namespace, name);
    expect([type, reason]).toEqual(['Failed', 'PodFailurePolicy']);
    expect(message).toContain('exit code 5');
    const pods = await readJobPods(namespace, name);
    expect(pods).toHaveLength(1);
    const end = getEnd(pods[0]!);
    expect(end.exitCode).toBe(5);
    expect(end.message).toContain('at 001.sql:2:1');
    expect(end.message).toContain('division by zero');
    expect(await namespace.readLog(pods[0]!.metadata!.name!)).toContain('division by zero');
    expect((await readJob(namespace, name)).spec?.ttlSecondsAfterFinished).toBe(3600);

    const session = await openInCluster(namespace);
    const rows = await session.query("select to_regclass('carts') is not null as first");
    await session.close();
    expect(rows).toEqual([{ first: true }]);
  });
});
