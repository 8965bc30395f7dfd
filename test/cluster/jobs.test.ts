import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Job, V1PodSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { ManifestOptions } from '../../src/options.js';
import { createManifest } from '../../src/run.js';
import { createNamespace, getCluster, isReady, loadClient, type TestNamespace } from '../support/cluster.js';
import { applyManifest, getJobName, readJob, takesImages, waitForLog } from '../support/cluster-jobs.js';
import { type DeployedPostgres, deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const ROOT = join(import.meta.dirname, '../..');

describe.skipIf(!takesImages)('what plinth manifest prints, in a cluster', () => {
  let namespace: TestNamespace;
  let options: ManifestOptions;
  let postgres: DeployedPostgres;
  beforeAll(async () => {
    namespace = await createNamespace();
    postgres = await deployPostgres(namespace);
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

  test('a Job of a URL asks nothing of the API server, and brings the prelude along', async () => {
    const root = mkdtempSync(join(tmpdir(), 'plinth-jobs-'));
    try {
      mkdirSync(join(root, 'shop'));
      writeFileSync(
        join(root, 'shop/001.sql'),
        'CREATE TABLE orders (id int);\nGRANT SELECT ON orders TO reader;\n',
      );
      writeFileSync(join(root, 'roles.sql'), 'CREATE ROLE reader;\n');
      const { service, user, password, database } = postgres;
      const url = `postgresql://${user}:${password}@${service}:5432/${database}?sslmode=disable`;
      await namespace.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'elsewhere' },
        stringData: { url },
      });
      const job = await createManifest('job', {
        namespace: namespace.name,
        image: options.image!,
        service: 'url',
        history: 'shop',
        migrations: join(root, 'shop'),
        urlSecret: 'elsewhere/url',
        prelude: join(root, 'roles.sql'),
        withPrelude: true,
      });
      await applyManifest(job);
      expect(await waitForLog(namespace, getJobName(job))).toContain('Made: public.orders');
      const session = await openInCluster(namespace);
      expect(await session.query("select has_table_privilege('reader', 'orders', 'select') as may")).toEqual([
        { may: true },
      ]);
      await session.close();
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test('its pods are what the restricted Pod Security Standard takes', async () => {
    const strict = await createNamespace();
    try {
      const { CoreV1Api } = await loadClient();
      const core = strict.config.makeApiClient(CoreV1Api);
      const path = '/metadata/labels/pod-security.kubernetes.io~1enforce';
      await core.patchNamespace({ name: strict.name, body: [{ op: 'add', path, value: 'restricted' }] });
      const job = await createManifest('job', { ...options, namespace: strict.name });
      const { template } = (job.objects.at(-1) as unknown as V1Job).spec!;
      const create = (spec: V1PodSpec) =>
        core.createNamespacedPod({
          namespace: strict.name,
          body: { metadata: { name: 'plinth' }, spec: { ...spec, serviceAccountName: 'default' } },
          dryRun: 'All',
        });
      expect((await create(template.spec!)).spec?.containers).toHaveLength(1);
      const loose = { ...template.spec!.containers[0]!, securityContext: {} };
      await expect(create({ ...template.spec!, containers: [loose] })).rejects.toThrow('PodSecurity');
    } finally {
      await strict.remove();
    }
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
