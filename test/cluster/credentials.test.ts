import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Container, V1EnvVar } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/index.js';
import type { ClusterOptions } from '../../src/options.js';
import { renderEvent } from '../../src/report/event-text.js';
import { startApiHop } from '../support/api-hop.js';
import { createNamespace, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const PASSWORD = 's3cret-of-the-pod';
const APP_PASSWORD = "s3cret of the 'app'";

type Told = Extract<RunEvent, { type: 'credentials' }>;

describe.skipIf(!hasCluster)('who connects', () => {
  let namespace: TestNamespace;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-credentials-'));
    namespace = await createNamespace();
    const env = (name: string, valueFrom: NonNullable<V1EnvVar['valueFrom']>): V1EnvVar => ({
      name,
      valueFrom,
    });
    const containers: Readonly<Record<string, Partial<V1Container>>> = {
      'by-value': {
        env: [
          { name: 'POSTGRES_USER', value: 'owner' },
          { name: 'POSTGRES_DB', value: 'shop' },
          { name: 'POSTGRES_PASSWORD', value: PASSWORD },
        ],
      },
      'by-reference': {
        env: [
          env('POSTGRES_USER', { configMapKeyRef: { name: 'database', key: 'user' } }),
          env('POSTGRES_PASSWORD', { secretKeyRef: { name: 'database', key: 'PASSWORD' } }),
        ],
      },
      'by-whole': {
        env: [],
        envFrom: [
          { configMapRef: { name: 'whole' } },
          { prefix: 'POSTGRES_', secretRef: { name: 'database' } },
        ],
      },
    };
    await namespace.create(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'database' },
        stringData: { PASSWORD, app: APP_PASSWORD },
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'database' }, data: { user: 'owner' } },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'whole' },
        data: { POSTGRES_USER: 'owner', POSTGRES_DB: 'shop' },
      },
    );
    const initScripts = {
      '10.sql': `create role app login password '${APP_PASSWORD.replaceAll("'", "''")}';\n\ncreate database app owner app;\n`,
    };
    await Promise.all(
      Object.entries(containers).map(async ([name, container]) => {
        const deployed = await deployPostgres(namespace, { name, container, initScripts });
        await deployed.waitUntilReady();
      }),
    );
  }, 300_000);
  afterAll(async () => {
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** Who a session is, and what was told of where that was taken from. */
  async function connect(options: ClusterOptions, env: NodeJS.ProcessEnv = {}) {
    const events: RunEvent[] = [];
    const session = await openInCluster(namespace, options, {
      env: { HOME: folder, ...env },
      onEvent: (event) => void events.push(event),
    });
    const [row] = await session.query('select concat_ws(\' \', current_user, current_database()) as "is"');
    await session.close();
    const text = JSON.stringify(events) + events.map((event) => renderEvent(event, true)).join('\n');
    for (const secret of [PASSWORD, APP_PASSWORD]) expect(text).not.toContain(secret);
    const { user, database, password } = events.find((event): event is Told => event.type === 'credentials')!;
    return { is: row!['is'], user: user.from, database: database.from, password };
  }

  const app = { postgresService: 'by-value', user: 'app', database: 'app' };

  test('is whom the pod’s own spec names, by value', async () => {
    expect(await connect({ postgresService: 'by-value' })).toEqual({
      is: 'owner shop',
      user: 'container by-value (pod by-value-0, POSTGRES_USER)',
      database: 'container by-value (pod by-value-0, POSTGRES_DB)',
      password: 'container by-value (pod by-value-0, POSTGRES_PASSWORD)',
    });
  });

  test('… by references to keys of a Secret and a ConfigMap', async () => {
    expect(await connect({ postgresService: 'by-reference' })).toEqual({
      is: 'owner owner',
      user: 'ConfigMap database, key user (pod by-reference-0, POSTGRES_USER)',
      database: 'default',
      password: 'Secret database, key PASSWORD (pod by-reference-0, POSTGRES_PASSWORD)',
    });
  });

  test('… by a whole Secret and ConfigMap, with and without a prefix', async () => {
    expect(await connect({ postgresService: 'by-whole' })).toEqual({
      is: 'owner shop',
      user: 'ConfigMap whole, key POSTGRES_USER (pod by-whole-0, POSTGRES_USER)',
      database: 'ConfigMap whole, key POSTGRES_DB (pod by-whole-0, POSTGRES_DB)',
      password: 'Secret database, key PASSWORD (pod by-whole-0, POSTGRES_PASSWORD)',
    });
  });

  test('… by one connection, as a Secret or ConfigMap is asked for once, whatever is in it', async () => {
    const hop = await startApiHop();
    try {
      const kubeconfig = join(folder, 'hop');
      await hop.writeKubeconfig(kubeconfig);
      expect(await connect({ postgresService: 'by-whole', kubeconfig })).toMatchObject({ is: 'owner shop' });
      expect(hop.connections).toBe(1);
    } finally {
      await hop.stop();
    }
  });

  test('is whom the options name, with a password that is given or in a Secret', async () => {
    const told = { is: 'app app', user: 'option', database: 'option' };
    expect(await connect({ ...app, password: APP_PASSWORD })).toEqual({ ...told, password: 'option' });
    expect(await connect({ ...app, passwordSecret: 'database/app' })).toEqual({
      ...told,
      password: 'Secret database, key app',
    });
  });

  test('is whom the PG* variables name, where no option does', async () => {
    const env = {
      PGUSER: 'app',
      PGDATABASE: 'app',
      PGPASSWORD: APP_PASSWORD,
      PGHOST: 'nowhere',
      PGPORT: '1',
    };
    expect(await connect({ postgresService: 'by-value' }, env)).toEqual({
      is: 'app app',
      user: 'PGUSER',
      database: 'PGDATABASE',
      password: 'PGPASSWORD',
    });
    const wrong = { ...env, PGUSER: 'nobody', PGPASSWORD: 'wrong' };
    expect(await connect({ ...app, password: APP_PASSWORD }, wrong)).toMatchObject({ password: 'option' });
  });

  test('has the password of the password file, which comes before the pod’s', async () => {
    const path = join(folder, 'passwords');
    const lines = [
      `by-value.${namespace.name}:5432:app:app:${APP_PASSWORD}`,
      `by-value.${namespace.name}:5432:shop:owner:wrong`,
    ];
    await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
    const env = { PGPASSFILE: path };
    expect(await connect(app, env)).toMatchObject({ is: 'app app', password: 'password file' });
    // That it is taken shows in that it is wrong.
    await expect(connect({ postgresService: 'by-value' }, env)).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
    });
    await writeFile(join(folder, '.pgpass'), `by-value-0:*:*:app:${APP_PASSWORD}\n`, { mode: 0o600 });
    const { postgresService: _, ...who } = app;
    expect(await connect({ ...who, pod: 'by-value-0' })).toMatchObject({ password: 'password file' });
  });

  test('ends where a Secret has no such key, and tells those that it has', async () => {
    await expect(connect({ ...app, passwordSecret: 'database/password' })).rejects.toMatchObject({
      code: 'CREDENTIAL_MISSING',
      args: { object: 'database', key: 'password', keys: ['PASSWORD', 'app'] },
    });
    await expect(connect({ ...app, passwordSecret: 'databse/app' })).rejects.toMatchObject({
      code: 'CREDENTIAL_MISSING',
      args: { object: 'databse', keys: null },
    });
  });
});
