import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { ManifestOptions } from '../../src/options.js';
import { createManifest } from '../../src/run.js';
import { createNamespace, getCluster, isReady, loadClient, type TestNamespace } from '../support/cluster.js';
import { applyManifest, getJobName, readJob, takesImages, waitForLog } from '../support/cluster-jobs.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');

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
    await applyManifest(await createManifest('wait', { ...options, ...consumer }));
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
    await applyManifest(job);
    const name = getJobName(job);
    expect(await waitForLog(namespace, name)).toContain('public.audit_events');
    const ready = await namespace.waitForPod('app=consumer', isReady);
    expect(ready.status?.initContainerStatuses?.[0]?.restartCount).toBe(0);

    const session = await openInCluster(namespace);
    expect(await session.query("select to_regclass('audit_events') is not null as made")).toEqual([
      { made: true },
    ]);
    await session.close();

    const before = await readJob(namespace, name);
    await applyManifest(await createManifest('job', options));
    const { metadata, status } = await readJob(namespace, name);
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
      await applyManifest(job);
      expect(await waitForLog(namespace, getJobName(job))).toContain('public.audit_events');
      expect((await readJob(namespace, getJobName(job))).status?.succeeded).toBe(1);
    },
  );
});
