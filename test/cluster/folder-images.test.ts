import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Job } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureFolderImage, ensurePlinthImage } from '../../scripts/cluster/images.js';
import type { ManifestOptions } from '../../src/options.js';
import { createManifest } from '../../src/run.js';
import { createNamespace, loadClient, type TestNamespace } from '../support/cluster.js';
import { applyManifest, getJobName, takesImages, waitForEnd, waitForLog } from '../support/cluster-jobs.js';
import { deployPostgres } from '../support/cluster-postgres.js';

const ROOT = join(import.meta.dirname, '../..');
const ROWS = 40_000;

describe.skipIf(!takesImages)('a folder that no ConfigMap holds', () => {
  let root: string;
  let migrations: string;
  let namespace: TestNamespace;
  let options: ManifestOptions;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'plinth-folder-images-'));
    migrations = join(root, 'migrations');
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 'article number ${id}')`);
    writeFolder({
      '001_articles.sql': 'CREATE TABLE articles (id int PRIMARY KEY, title text);\n',
      '002_rows.sql': `INSERT INTO articles VALUES\n${rows.join(',\n')};\n`,
    });
    namespace = await createNamespace();
    const { secret } = await deployPostgres(namespace);
    options = {
      migrations,
      namespace: namespace.name,
      passwordSecret: `${secret}/POSTGRES_PASSWORD`,
      image: await ensurePlinthImage(ROOT),
    };
  }, 300_000);
  afterAll(async () => {
    rmSync(root, { recursive: true });
    await namespace?.remove();
  });

  function writeFolder(files: Readonly<Record<string, string>>): void {
    mkdirSync(migrations);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(migrations, name), text);
  }

  test('is told, and runs out of the image of Plinth, on any cluster', async () => {
    await expect(createManifest('job', options)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
    const image = await ensureFolderImage(ROOT, migrations, 'in-plinth');
    const job = await createManifest('job', { ...options, image, migrationsInImage: true });
    await applyManifest(job);
    expect(await waitForLog(namespace, getJobName(job))).toContain('Made: public.articles');
    expect((await waitForEnd(namespace, getJobName(job))).type).toBe('Complete');
  });

  test('is an image volume for an API server that has them, and runs out of it where the node can', async ({
    skip,
  }) => {
    const migrationsImage = await ensureFolderImage(ROOT, migrations, 'alone');
    const job = await createManifest('job', { ...options, migrationsImage, service: 'volume' });
    const { BatchV1Api, CoreV1Api } = await loadClient();
    const dry = await namespace.config.makeApiClient(BatchV1Api).createNamespacedJob({
      namespace: namespace.name,
      body: job.objects.at(-1) as unknown as V1Job,
      dryRun: 'All',
      fieldValidation: 'Strict',
    });
    const volume = dry.spec!.template.spec!.volumes!.find(({ name }) => name === 'plinth-history');
    if (volume === undefined)
      skip('The API server has no image volumes: Kubernetes 1.35, or the feature gate ImageVolume.');
    expect(volume).toEqual({
      name: 'plinth-history',
      image: { reference: migrationsImage, pullPolicy: 'IfNotPresent' },
    });
    const { items } = await namespace.config.makeApiClient(CoreV1Api).listNode();
    const runtimes = items.map(({ status }) => status!.nodeInfo!.containerRuntimeVersion);
    if (!runtimes.every(canMountImages)) {
      console.log(
        `Image volumes are not run, only checked by the API server, as the nodes have ${runtimes}.`,
      );
      return;
    }
    await applyManifest(job);
    expect(await waitForLog(namespace, getJobName(job))).toContain('Nothing to do: the whole history');
    expect((await waitForEnd(namespace, getJobName(job))).type).toBe('Complete');
  });
});

// https://github.com/containerd/containerd/releases/tag/v2.1.0
function canMountImages(runtime: string): boolean {
  const [, name, major, minor] = /^(\w[\w-]*):\/\/(\d+)\.(\d+)/.exec(runtime) ?? [];
  const version = Number(major) * 1000 + Number(minor);
  return name === 'containerd' ? version >= 2001 : name === 'cri-o' && version >= 1031;
}
