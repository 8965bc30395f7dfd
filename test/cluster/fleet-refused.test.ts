import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import type { FleetOptions } from '../../src/index.js';
import { createFleetRights, fleet } from '../../src/run.js';
import {
  createNamespace,
  getCluster,
  hasCluster,
  loadClient,
  type TestNamespace,
} from '../support/cluster.js';
import { createAccount } from '../support/cluster-account.js';

describe.skipIf(!hasCluster)('a fleet that cannot be begun', () => {
  let namespace: TestNamespace;
  let folder: string;
  let options: FleetOptions;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-fleet-'));
    mkdirSync(join(folder, 'db'));
    writeFileSync(join(folder, 'db/001_a.sql'), '-- +goose Up\nCREATE TABLE a (id int);\n');
    writeFileSync(join(folder, 'list.txt'), 'postgres/a\npostgres/b\nother:5433/a\n');
    namespace = await createNamespace();
    options = {
      ...{ migrations: join(folder, 'db'), targets: join(folder, 'list.txt'), image: 'localhost/none:1' },
      ...{ kubeconfig: getCluster().kubeconfig, namespace: namespace.name, passwordSecret: 'app/password' },
    };
  }, 120_000);
  afterAll(async () => {
    await namespace?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const getError = async (more: Partial<FleetOptions> = {}): Promise<PlinthError> => {
    const error: unknown = await fleet({ ...options, ...more }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!isPlinthError(error)) throw error ?? new Error('it was begun');
    return error;
  };
  const listJobs = async () => {
    const { BatchV1Api } = await loadClient();
    const list = await namespace.config
      .makeApiClient(BatchV1Api)
      .listNamespacedJob({ namespace: namespace.name });
    return list.items.map(({ spec }) => ({ suspend: spec!.suspend }));
  };

  test('names the image that is not there; its Job is suspended', async () => {
    const error = await getError();
    expect(error.code).toBe('IMAGE_NOT_PULLABLE');
    expect(error.message).toContain('localhost/none:1');
    expect(await listJobs()).toEqual([{ suspend: true }]);
  }, 120_000);

  test('names the quota, of pods and of anything else', async () => {
    const place = await createNamespace();
    try {
      const metadata = { name: 'none' };
      await place.create({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata,
        spec: { hard: { pods: '0' } },
      });
      const ofPods = await getError({ namespace: place.name });
      expect(ofPods.code).toBe('WORKLOAD_REFUSED');
      expect(ofPods.message).toContain('exceeded quota: none');
      const { CoreV1Api } = await loadClient();
      const core = place.config.makeApiClient(CoreV1Api);
      const hard = { 'count/configmaps': '1' };
      await core.replaceNamespacedResourceQuota({
        ...{ name: 'none', namespace: place.name },
        body: { metadata: { name: 'none' }, spec: { hard } },
      });
      const ofMaps = await getError({ namespace: place.name, service: 'second' });
      expect(ofMaps.code).toBe('QUOTA_EXCEEDED');
      expect(ofMaps.message).toContain('count/configmaps');
    } finally {
      await place.remove();
    }
  }, 120_000);

  test('names all rights that are missing, and makes nothing', async () => {
    const account = await createAccount(namespace, 'few', [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
    ]);
    const kubeconfig = join(folder, 'few.yaml');
    await account.writeKubeconfig(kubeconfig);
    const before = await listJobs();
    const error = await getError({ kubeconfig, serviceAccount: 'made-before', service: 'third' });
    expect(error.code).toBe('RIGHT_MISSING');
    expect(error.findings.map(({ args }) => `${args['verb']} ${args['resource']}`)).toEqual(
      ['get', 'list', 'create', 'patch', 'delete'].map((verb) => `${verb} jobs`),
    );
    expect(await listJobs()).toEqual(before);
  }, 120_000);

  test('names a selector that matches nothing', async () => {
    const { targets: _, ...rest } = options;
    const error: unknown = await fleet({ ...rest, selector: 'tier=none', database: 'a' }).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'FLEET_INVALID',
      message: `tier=none: no Service in ${namespace.name} has the labels tier=none`,
    });
  }, 60_000);

  test('a selector finds Services by their ports, and Secrets by their keys', async () => {
    const labels = { tier: 'tenant' };
    const service = (name: string, port: number) => ({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, labels } },
      spec: {
        selector: { app: name },
        ports: [{ name: 'a', port }, ...(port === 1 ? [{ name: 'b', port: 2 }] : [])],
      },
    });
    await namespace.create(service('one', 6000), service('two', 1));
    const { targets: _, ...rest } = options;
    const find = (more: Partial<FleetOptions>) =>
      createFleetRights({ ...rest, selector: 'tier=tenant', ...more }).catch((thrown: unknown) => thrown);
    expect(await find({ database: 'a' })).toMatchObject({
      code: 'FLEET_INVALID',
      message: expect.stringContaining('service two'),
    });
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'one', labels },
      stringData: { url: 'x' },
    });
    expect(await find({ targetKind: 'secrets' })).toMatchObject({
      code: 'FLEET_INVALID',
      message: expect.stringContaining('has no key uri; it has url (--url-key KEY)'),
    });
    const found = (await find({ targetKind: 'secrets', urlKey: 'url' })) as { yaml: string };
    expect(found.yaml).toContain('resourceNames:\n      - one\n');
  }, 60_000);

  test('the printed rights are those of the Secrets that the list names', async () => {
    const list = join(folder, 'several.txt');
    writeFileSync(list, 'shop/secret:one/uri\nshop/secret:two/uri\npostgres/tenant_*\n');
    const { objects } = await createFleetRights({ ...options, targets: list, serviceAccount: 'pods' });
    const roles = objects
      .filter(({ kind }) => kind === 'Role')
      .map(({ metadata, rules }) => [metadata.namespace, rules]);
    const secrets = (...names: string[]) => ({
      ...{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: names },
    });
    expect(roles).toEqual([
      [
        namespace.name,
        [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'patch'] }, secrets('app')],
      ],
      ['shop', [secrets('one', 'two')]],
    ]);
  });
});
