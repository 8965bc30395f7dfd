import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadYaml } from '../../src/cluster/kubernetes-client.js';
import { createFolderObject, getFolderVolume } from '../../src/cluster/manifest/folder.js';
import type { ManifestRequest } from '../../src/cluster/manifest/request.js';
import type { ManifestOptions } from '../../src/options.js';
import { createManifest, type Manifest } from '../../src/run.js';

const MIGRATIONS = join(import.meta.dirname, '../../src/kubernaut/migrations');
let root: string;
let options: ManifestOptions;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-manifest-'));
  cpSync(MIGRATIONS, join(root, 'migrations'), { recursive: true });
  options = {
    migrations: join(root, 'migrations'),
    tables: ['audit_events'],
    namespace: 'shop',
    image: 'registry:5000/plinth:1.0.0',
    passwordSecret: 'postgres/password',
    cacheDir: false,
  };
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

// biome-ignore lint/suspicious/noExplicitAny: an object of any kind
const get = ({ objects }: Pick<Manifest, 'objects'>, kind: string): any =>
  objects.find((object) => object.kind === kind);
const read = (more: Partial<ManifestOptions> = {}): Promise<Manifest> =>
  createManifest('job', { ...options, ...more });
const getName = (manifest: Manifest): string => get(manifest, 'Job').metadata.name;

test('the YAML is the objects, all in the namespace', async () => {
  const manifest = await read();
  expect(manifest.yaml.split(/^---$/m).map((text) => loadYaml(text))).toEqual(manifest.objects);
  expect(manifest.objects.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual(
    ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Job'].map((kind) => [kind, 'shop']),
  );
});

test('a plain Job has a new name where what it runs is another, and only there', async () => {
  const name = getName(await read({ service: 'The_Shop' }));
  expect(name).toMatch(/^plinth-the-shop-[0-9a-f]{8}$/);
  expect(getName(await read({ service: 'The_Shop' }))).toBe(name);
  expect(getName(await read({ service: 'The_Shop', image: 'plinth:2' }))).not.toBe(name);
  appendFileSync(join(root, 'migrations/008_comments.sql'), '-- more\n');
  const other = await read({ service: 'The_Shop' });
  expect(getName(other)).not.toBe(name);
  expect(get(other, 'ConfigMap').immutable).toBe(true);
});

test('the Job is the command line of apply, with the password from its Secret, and keeps its log', async () => {
  const manifest = await read({ user: 'app', port: 6432, partitions: 'now..+1month', set: { a: '$(HOME)' } });
  const { spec } = get(manifest, 'Job');
  const [container] = spec.template.spec.containers;
  expect(container.args.join(' ')).toBe(
    'apply --migrations /history/migrations --format goose --tables audit_events --partitions now..+1month --set a=$$(HOME) --namespace shop ' +
      '--postgres-service postgres --port 6432 --user app --service default --timeout 300s',
  );
  expect(container.env).toEqual([
    { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'postgres', key: 'password' } } },
  ]);
  expect(spec).toMatchObject({ ttlSecondsAfterFinished: 3600, activeDeadlineSeconds: 1500, backoffLimit: 3 });
});

test('Helm and Argo CD are told the order, and replace what has the same name', async () => {
  const helm = await read({ style: 'helm', namespace: undefined as never });
  expect(getName(helm)).toBe('plinth-default');
  expect(get(helm, 'RoleBinding').subjects[0].namespace).toBe('{{ .Release.Namespace }}');
  expect(get(helm, 'ConfigMap').metadata.annotations).toMatchObject({
    'helm.sh/hook': 'pre-install,pre-upgrade',
    'helm.sh/hook-weight': '-10',
  });
  expect(get(helm, 'Job').metadata.annotations).toEqual({
    'helm.sh/hook': 'pre-install,pre-upgrade',
    'helm.sh/hook-delete-policy': 'before-hook-creation',
    'helm.sh/hook-weight': '-5',
  });
  const argo = await read({ style: 'argo' });
  expect(get(argo, 'ConfigMap').metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-wave': '-2' });
  expect(get(argo, 'Job').metadata.annotations).toEqual({
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    'argocd.argoproj.io/sync-wave': '-1',
  });
});

test('a template of a chart leaves braces of the migrations as they are', async () => {
  write('plain/1.sql', "SELECT '{{ x }}';\n");
  const plain = await read({ migrations: join(root, 'plain'), tables: [] });
  expect(Object.values(get(plain, 'ConfigMap').data)).toEqual(["SELECT '{{ x }}';\n"]);
  const chart = await read({
    migrations: join(root, 'plain'),
    tables: [],
    namespace: '{{ .Release.Namespace }}',
  });
  expect(Object.values(get(chart, 'ConfigMap').data)).toEqual(['SELECT \'{{ "{{" }} x }}\';\n']);
});

test('each file gets a key of its own, and is text or bytes', () => {
  const contents = { 'a/b.sql': 'é', 'a_b.sql': 'x', 'ä/b.sql': Buffer.of(255), 'c.sql': '\uFEFFx' };
  const files = new Map(Object.entries(contents).map(([path, content]) => [path, Buffer.from(content)]));
  const request = {
    service: 'shop',
    namespace: 'shop',
    folder: { files, locations: [], format: 'plain' },
    migrationsImage: null,
  } as unknown as ManifestRequest;
  const { data, binaryData } = createFolderObject(request, 'm') as unknown as Record<string, object>;
  const keys = { ...data, ...binaryData };
  expect(Object.keys(keys)).toHaveLength(4);
  expect(data).toEqual({ 'a_b.sql': 'x', 'a_b.sql.0': 'é' });
  expect(binaryData).toEqual({ '__b.sql': '/w==', 'c.sql': '77u/eA==' });
  expect(getFolderVolume(request, 'm')).toMatchObject({
    configMap: { name: 'm', items: expect.arrayContaining([{ key: 'a_b.sql.0', path: 'a/b.sql' }]) },
  });
});

test('what the tool keeps beside the folder comes along, and what no reader reads does not', async () => {
  write('db/config.toml', 'project_id = "shop"\n');
  write('db/migrations/20240101000000_t.sql', 'CREATE TABLE t ();\n');
  write('db/migrations/.env', 'PASSWORD=hunter2');
  write('db/migrations/README.md', 'hunter2');
  const manifest = await read({ migrations: join(root, 'db/migrations'), tables: [] });
  const { items } = get(manifest, 'Job').spec.template.spec.volumes[0].configMap;
  expect(items.map(({ path }: { path: string }) => path)).toEqual([
    'config.toml',
    'migrations/20240101000000_t.sql',
  ]);
  expect(manifest.yaml).not.toContain('hunter2');
});

test('consumers wait by a patch, with the rights of their own account', async () => {
  const manifest = await createManifest('wait', {
    ...options,
    consumer: 'statefulset/orders',
    serviceAccount: 'orders',
  });
  expect(get(manifest, 'RoleBinding').subjects).toEqual([
    { kind: 'ServiceAccount', name: 'orders', namespace: 'shop' },
  ]);
  const patch = manifest.objects.at(-1)!;
  expect(patch).toMatchObject({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'orders' } });
  const [container] = get(manifest, 'StatefulSet').spec.template.spec.initContainers;
  expect(container.args[0]).toBe('wait');
});

test('a folder above the limit is an error, or an image', async () => {
  write('large/1.sql', `SELECT '${'x'.repeat(1_048_576)}';`);
  const large = { migrations: join(root, 'large'), tables: [] };
  await expect(read(large)).rejects.toMatchObject({ code: 'MANIFEST_TOO_LARGE' });
  const manifest = await read({ ...large, migrationsImage: 'registry/large:42' });
  const { containers, volumes } = get(manifest, 'Job').spec.template.spec;
  expect(volumes[0].image).toEqual({ reference: 'registry/large:42', pullPolicy: 'IfNotPresent' });
  expect(containers[0].volumeMounts[0].mountPath).toBe('/history/large');
  expect(get(manifest, 'ConfigMap')).toBeUndefined();
});

test('an image of its own has what is beside the folder, too, where there is something', async () => {
  write('db/config.toml', 'project_id = "shop"\n');
  write('db/migrations/20240101000000_t.sql', 'CREATE TABLE t ();\n');
  const migrations = join(root, 'db/migrations');
  const { containers } = get(await read({ migrations, tables: [], migrationsImage: 'm:1' }), 'Job').spec
    .template.spec;
  expect(containers[0].volumeMounts[0].mountPath).toBe('/history');
  expect(containers[0].args).toContain('/history/migrations');
});

test('a folder that is in the image takes no volume', async () => {
  const manifest = await read({ migrationsInImage: true });
  const { containers, volumes } = get(manifest, 'Job').spec.template.spec;
  expect(get(manifest, 'ConfigMap')).toBeUndefined();
  expect([volumes, containers[0].volumeMounts]).toEqual([
    [{ name: 'plinth-tmp', emptyDir: expect.anything() }],
    [{ name: 'plinth-tmp', mountPath: '/tmp' }],
  ]);
  expect(containers[0].args.slice(0, 3)).toEqual(['apply', '--migrations', '/history/migrations']);
  await expect(read({ migrationsInImage: true, migrationsImage: 'm:1' })).rejects.toThrow('not in both');
});

test('a URL comes from its Secret, and takes no right in the cluster', async () => {
  const url = { urlSecret: 'aurora/url', passwordSecret: undefined as never };
  const manifest = await read(url);
  expect(manifest.objects.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'ConfigMap', 'Job']);
  const { automountServiceAccountToken, containers } = get(manifest, 'Job').spec.template.spec;
  expect(automountServiceAccountToken).toBe(false);
  expect(containers[0].args.join(' ')).toMatch(/--tables audit_events --service default --timeout 300s$/);
  expect(containers[0].env).toEqual([
    { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'aurora', key: 'url' } } },
  ]);
  const both = await read({ urlSecret: 'aurora/url' });
  expect(get(both, 'Job').spec.template.spec.containers[0].env).toHaveLength(2);
  await expect(read({ ...url, user: 'app', port: 5432 })).rejects.toMatchObject({
    args: { problems: [expect.stringMatching(/^port is for a service/), expect.stringMatching(/^user is/)] },
  });
});

test('the prelude comes along, and what else a run is told', async () => {
  write('sql/roles.sql', 'CREATE ROLE app;\n');
  const manifest = await read({
    tables: [],
    prelude: join(root, 'sql/roles.sql'),
    withPrelude: true,
    missingRoles: 'create',
    verify: false,
    allowOutOfOrder: true,
    trustLedger: 'goose=app.versions',
  });
  const { containers, volumes } = get(manifest, 'Job').spec.template.spec;
  expect(containers[0].args.join(' ')).toContain('--prelude /history/.prelude/roles.sql --namespace shop');
  expect(containers[0].args.join(' ')).toContain(
    '--missing-roles create --with-prelude --no-verify --allow-out-of-order --trust-ledger goose=app.versions',
  );
  const { key } = volumes[0].configMap.items.find(
    ({ path }: { path: string }) => path === '.prelude/roles.sql',
  );
  expect(get(manifest, 'ConfigMap').data[key]).toBe('CREATE ROLE app;\n');
});

test('chosen tables take a lock file that fits, and are tables of it', async () => {
  await expect(read({ tables: ['audit_event'] })).rejects.toMatchObject({ code: 'TABLE_UNKNOWN' });
  write('migrations/009_more.sql', '-- +goose Up\nCREATE TABLE more ();\n');
  await expect(read()).rejects.toMatchObject({ code: 'PROOF_STALE' });
  rmSync(join(root, 'migrations/plinth.lock.json'));
  await expect(read()).rejects.toMatchObject({ code: 'LOCK_FILE_MISSING' });
  await expect(
    createManifest('wait', { ...options, tables: [], consumer: 'deployment/orders' }),
  ).rejects.toMatchObject({ code: 'LOCK_FILE_MISSING' });
  expect(getName(await read({ tables: [] }))).toMatch(/^plinth-default-/);
});

test.each(['plinth', 'plinth:latest', 'registry:5000/plinth', 'plinth:latest@sha256:1'])(
  'the image %s says too little',
  async (image) => {
    await expect(read({ image })).rejects.toThrow('image must be');
  },
);

test('all that is missing is told at once', async () => {
  await expect(createManifest('wait', {} as ManifestOptions)).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    args: { problems: { length: 5 } },
  });
});
