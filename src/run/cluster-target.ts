import type { Duplex } from 'node:stream';
import { setImmediate as waitForTurn } from 'node:timers/promises';
import { createApi } from '../cluster/api.js';
import { isInside } from '../cluster/connection.js';
import type { ClusterAccess } from '../cluster/kube-config.js';
import type { Wanted } from '../cluster/surroundings.js';
import { ensureTunnels } from '../cluster/tunnel.js';
import { withServerLog } from '../diagnose/server-log.js';
import type { ResolvedClusterTarget } from '../options.js';
import { type ConnectionConfig, createConnectionConfig, withDatabase } from '../postgres/config.js';
import type { connect as Connect } from '../postgres/connect.js';
import type { Session } from '../postgres/session.js';
import { readClusterConfig } from './cluster-config.js';
import { type ClusterRoute, createClusterRoute } from './cluster-route.js';
import type { Context } from './prepared.js';

interface Within {
  readonly applicationName: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A PostgreSQL in a cluster, as one run sees it. */
export interface ClusterTarget {
  readonly label: string;
  /** Who connects to what; null before the first session. */
  readonly config: ConnectionConfig | null;
  open(within: Within): Promise<Session>;
  /** The same with another database of that server. */
  openDatabase(database: string, within: Within): Promise<Session>;
  /** A stream of its own to the pod of the latest session. */
  createStream(): Duplex;
}

/** Reads the kubeconfig; nothing is asked of the cluster before `open`. */
export async function createClusterTarget(
  options: ResolvedClusterTarget,
  context: Context,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClusterTarget> {
  const { readKubeConfig } = await import('../cluster/kube-config.js');
  const access = await readKubeConfig(options, env);
  const api = createApi(access);
  const wanted: Wanted = { ...options, namespace: options.namespace ?? access.namespace ?? 'default' };
  const label = renderLabel(wanted);
  let config: ConnectionConfig | null = null;
  let latest: ClusterRoute | null = null;
  const open = async (database: string | null, within: Within): Promise<Session> => {
    const { applicationName, signal, timeoutMs } = within;
    const start = performance.now();
    const route = createClusterRoute(api, wanted, context.onEvent, { hasAnswered: config !== null });
    const [, connect] = await Promise.all([route.look({ timeoutMs, signal }), loadConnect(access)]);
    config ??= await readClusterConfig(api, route.endpoint!, {
      options,
      wanted,
      label,
      env,
      context,
      signal,
    });
    const to = database === null ? config : renameDatabase(config, database, label);
    for (;;) {
      const left = Math.max(1, timeoutMs - (performance.now() - start));
      const given = { applicationName, timeoutMs: left, signal, onEvent: context.onEvent, route };
      const session = await connect(to, given).catch(async (error: unknown) => {
        throw await withServerLog(api, route.endpoint!, error, signal);
      });
      latest = route;
      // Behind one service there may be a primary and its standbys.
      if (route.size < 2 || !(await isStandby(session)) || !route.avoid()) return session;
      await session.close();
    }
  };
  return {
    label,
    get config() {
      return config;
    },
    open: (within) => open(null, within),
    openDatabase: open,
    createStream: () => latest!.open(),
  };
}

// The driver takes a while to load, and so do tunnels: while the API server answers the first request.
async function loadConnect(access: ClusterAccess): Promise<typeof Connect> {
  await waitForTurn();
  if (!isInside(access)) await ensureTunnels();
  return (await import('../postgres/connect.js')).connect;
}

function renameDatabase(config: ConnectionConfig, database: string, label: string): ConnectionConfig {
  const renamed = withDatabase(config, database);
  return createConnectionConfig({
    ...renamed,
    password: config.password,
    label: `${config.user}@${label}/${database}`,
  });
}

async function isStandby(session: Session): Promise<boolean> {
  const [row] = await session.query('select pg_catalog.pg_is_in_recovery() as standby');
  return row?.['standby'] === true;
}

/** `service postgres in kubernaut-system`. */
export function renderLabel({ namespace, pod, selector, service }: Wanted): string {
  if (service !== null) return `service ${service} in ${namespace}`;
  return pod !== null ? `pod ${pod} in ${namespace}` : `pods ${selector} in ${namespace}`;
}
