import { createApi } from '../../../src/cluster/api.js';
import { readKubeConfig } from '../../../src/cluster/kube-config.js';
import { createTunnel } from '../../../src/cluster/tunnel.js';
import { createConnectionConfig } from '../../../src/postgres/config.js';
import { openSession, type Row, type Session } from '../../../src/postgres/session.js';
import { getCluster, isReady, type TestNamespace, waitFor } from '../../support/cluster.js';
import { type DeployedPostgres, deployPostgres } from '../../support/cluster-postgres.js';
import { APP } from './scenario.js';

/** A PostgreSQL in a pod that can be brought into whatever state, and out of it again. */
export interface Database {
  readonly deployed: DeployedPostgres;
  /** A session of its own; by default of the superuser. */
  open(as?: { readonly user: string; readonly password: string }): Promise<Session>;
  run(sql: string): Promise<readonly Row[]>;
  /** Runs a shell script in the pod, as root, in the data directory. */
  shell(script: string): Promise<void>;
  /** Server settings, and lines of pg_hba.conf below the administrator's own; waits until new sessions go by them. */
  configure(change: { readonly settings?: string; readonly access?: readonly string[] }): Promise<void>;
  /** Ends the server, which starts again; does not wait for it. */
  restart(): Promise<void>;
  /** Waits until it takes sessions. */
  waitUntilUp(): Promise<void>;
  /** Waits until it takes sessions as a standby, or as none. */
  waitUntilStandby(standby: boolean): Promise<void>;
  /** Waits until a session is refused with this SQLSTATE. */
  waitUntilRefused(sqlstate: string): Promise<void>;
}

const ADMIN = ['local all all trust', 'host all slm_user all scram-sha-256'];
const EVERYBODY = ['host all all all scram-sha-256'];

/** Starts it: 14 connections, 256 MB of disk. */
export async function startDatabase(namespace: TestNamespace): Promise<Database> {
  const deployed = await deployPostgres(namespace, {
    diskSize: '256Mi',
    args: ['-c', 'max_connections=14', '-c', 'superuser_reserved_connections=3', '-c', 'max_wal_size=64MB'],
    // The pod outlives the server: a container that ends is started again later and later.
    container: { command: ['sh', '-c', 'while :; do docker-entrypoint.sh "$@"; sleep 0.2; done', 'sh'] },
  });
  const pod = await deployed.waitUntilReady();
  const access = createApi(
    await readKubeConfig({ kubeconfig: getCluster().kubeconfig, context: null }),
  ).access;
  const open: Database['open'] = ({ user, password } = deployed) => {
    const { database } = deployed;
    const tls = { mode: 'disable' } as const;
    const config = createConnectionConfig({ host: pod, port: 5432, user, password, database, tls });
    const stream = () => createTunnel(access, { namespace: namespace.name, pod, port: 5432 });
    return openSession(config, { applicationName: 'test', connectTimeoutMs: 20_000, stream });
  };
  const run: Database['run'] = async (sql) => {
    const session = await open();
    try {
      return (await session.execute(sql)).at(-1)?.rows ?? [];
    } finally {
      await session.close();
    }
  };
  const shell = async (script: string): Promise<void> => {
    const ended = await namespace.execute(pod, 'sh', '-ec', `cd "$PGDATA"\n${script}`);
    if (ended.code !== 0) throw new Error(`${script}: ${ended.stdout}${ended.stderr}`);
  };
  const getLoadTime = async (): Promise<unknown> =>
    (await run('select pg_conf_load_time()::text as at'))[0]!['at'];
  const tryOpen = async (): Promise<string | null> => {
    try {
      await (await open()).close();
      return '';
    } catch (error) {
      return String((error as { code?: unknown }).code ?? 'none');
    }
  };
  const database: Database = {
    deployed,
    open,
    run,
    shell,
    async configure({ settings = '', access: lines = EVERYBODY }) {
      const before = await getLoadTime();
      for (const setting of settings.split(';').filter((each) => each.trim() !== '')) await run(setting);
      await shell(`cat >pg_hba.conf <<'END'\n${[...ADMIN, ...lines].join('\n')}\nEND`);
      await run('select pg_reload_conf()');
      // A session that sees the new time was begun by a server that had read all of it.
      await waitFor('the settings to be read', async () => ((await getLoadTime()) === before ? null : true));
    },
    restart: () => shell('kill -INT "$(head -n 1 postmaster.pid)"'),
    async waitUntilUp() {
      await waitFor('the server to be up', async () => ((await tryOpen()) === '' ? true : null));
      await namespace.waitForPod(pod, isReady);
    },
    async waitUntilStandby(standby) {
      await waitFor('the server to take sessions', async () => {
        const rows = await run('select pg_is_in_recovery() as standby').catch(() => []);
        return rows[0]?.['standby'] === standby ? true : null;
      });
      await namespace.waitForPod(pod, isReady);
    },
    async waitUntilRefused(sqlstate) {
      await waitFor(`SQLSTATE ${sqlstate}`, async () => ((await tryOpen()) === sqlstate ? true : null));
      await namespace.waitForPod(pod, isReady);
    },
  };
  await run(
    `create role ${APP.user} login password '${APP.password}'; grant create on database ${deployed.database} to ${APP.user}`,
  );
  await run(`grant create on schema public to ${APP.user}`);
  await database.configure({});
  return database;
}
