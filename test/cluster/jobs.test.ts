import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { V1Job } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { ManifestOptions } from '../../src/options.js';
import { createWorkloads } from '../../src/run/workload.js';
import { createManifest, type Manifest } from '../../src/run.js';
import {
  createNamespace,
  getCluster,
  hasCluster,
  isReady,
  loadClient,
  type TestNamespace,
  waitFor,
} from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');
const hasKubectl = canRun('kubectl', 'version', '--client');

// Images cannot be brought into a cluster that somebody else made.
const takesImages = hasCluster && getCluster().provider !== 'given';

describe.skipIf(!takesImages)('what plinth manifest prints, in a cluster', () => {
  let namespace: TestNamespace;
  let options: ManifestOptions;
  beforeAll(async () => {
    namespace = await createNamespace();
    const postgres = await deployPostgres(namespace);
    options = {
      migrations: join(ROOT, 'src/kubernaut/migrations'),
      tables: ['audit_events'],
      namespace: namespace.name,
      passwordSecret: `${postgres.secret}/POSTGRES_PASSWORD`,
      image: await ensurePlinthImage(ROOT),
    };
  }, 300_000);
  afterAll(() => namespace?.remove());

  /** As `kubectl apply --server-side -f -`, by kubectl where it is there. */
  const apply = async ({ objects, yaml }: Pick<Manifest, 'objects' | 'yaml'>): Promise<void> => {
    const { kubeconfig } = getCluster();
    if (!hasKubectl) return await (await createWorkloads(kubeconfig)).apply(objects);
    const args = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '-f', '-'];
    execFileSync('kubectl', args, { input: yaml, stdio: ['pipe', 'ignore', 'inherit'] });
  };
  const readJob = async (name: string): Promise<V1Job> => {
    const client = await loadClient();
    return await namespace.config
      .makeApiClient(client.BatchV1Api)
      .readNamespacedJob({ namespace: namespace.name, name });
  };
  const getJobName = ({ objects }: Manifest): string =>
    objects.find(({ kind }) => kind === 'Job')!.metadata.name;
  /** Waits for the end of a Job, and returns what it said. */
  const waitForLog = async (name: string): Promise<string> => {
    const selector = `batch.kubernetes.io/job-name=${name}`;
    await waitFor(`the end of job ${name}`, async () => {
      const { conditions = [] } = (await readJob(name)).status ?? {};
      return conditions.some(({ type, status }) => type !== 'Suspended' && status === 'True') || null;
    });
    const pods = await namespace.listPods(selector);
    return await namespace.readLog(pods[0]!.metadata!.name!);
  };

  test('a Job brings the tables; a consumer that started before it becomes ready then', async () => {
    const labels = { app: 'consumer' };
    const container = { name: 'consumer', image: getCluster().images.busybox, command: ['sleep', '1000000'] };
    await namespace.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'consumer' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], terminationGracePeriodSeconds: 0 },
        },
      },
    });
    const consumer = { consumer: 'deployment/consumer', service: 'consumer' };
    await apply(await createManifest('wait', { ...options, ...consumer }));
    const { AppsV1Api } = await loadClient();
    const target = { namespace: namespace.name, name: 'consumer' };
    await namespace.config
      .makeApiClient(AppsV1Api)
      .replaceNamespacedDeploymentScale({ ...target, body: { metadata: target, spec: { replicas: 1 } } });
    const waiting = await namespace.waitForPod(
      'app=consumer',
      ({ status }) => status?.initContainerStatuses?.[0]?.state?.running !== undefined,
    );
    expect(isReady(waiting)).toBe(false);

    const job = await createManifest('job', options);
    await apply(job);
    const name = getJobName(job);
    expect(await waitForLog(name)).toContain('public.audit_events');
    const ready = await namespace.waitForPod('app=consumer', isReady);
    expect(ready.status?.initContainerStatuses?.[0]?.restartCount).toBe(0);

    const session = await openInCluster(namespace);
    expect(await session.query("select to_regclass('audit_events') is not null as made")).toEqual([
      { made: true },
    ]);
    await session.close();

    const before = await readJob(name);
    await apply(await createManifest('job', options));
    const { metadata, status } = await readJob(name);
    expect([metadata!.uid, metadata!.generation, status]).toEqual([
      before.metadata!.uid,
      before.metadata!.generation,
      before.status,
    ]);
  });

  test.each(['helm', 'argo'] as const)(
    'the Job of style %s runs, with no tool to read its annotations',
    async (style) => {
      const job = await createManifest('job', { ...options, style, service: style });
      await apply(job);
      expect(await waitForLog(getJobName(job))).toContain('public.audit_events');
      expect((await readJob(getJobName(job))).status?.succeeded).toBe(1);
    },
  );
});

function canRun(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
