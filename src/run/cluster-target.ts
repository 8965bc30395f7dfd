import type { Api } from '../cluster/api.js';
import { createApi } from '../cluster/api.js';
import type { Credentials, Found } from '../cluster/credentials.js';
import { readPodCredentials, readSecretKey } from '../cluster/credentials.js';
import type { Endpoint } from '../cluster/endpoints.js';
import type { Wanted } from '../cluster/surroundings.js';
import { createObstacleError } from '../diagnose/obstacle.js';
import { getCredentialObstacle, getRequestObstacle } from '../diagnose/request.js';
import { withServerLog } from '../diagnose/server-log.js';
import type { ResolvedClusterTarget } from '../options.js';
import type { ConnectionConfig } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import { resolveConnection } from '../postgres/connection.js';
import type { Session } from '../postgres/session.js';
import { createClusterRoute } from './cluster-route.js';
import type { Context } from './prepared.js';

/** A PostgreSQL in a cluster, as one run sees it. */
export interface ClusterTarget {
  readonly label: string;
  open(within: {
    readonly applicationName: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Session>;
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
  return {
    label,
    async open({ applicationName, timeoutMs, signal }) {
      const start = performance.now();
      const route = createClusterRoute(api, wanted, context.onEvent);
      await route.prepare({ timeoutMs, signal });
      config ??= await readConfig(api, route.endpoint!, { options, wanted, label, env, context, signal });
      for (;;) {
        const left = Math.max(1, timeoutMs - (performance.now() - start));
        const within = { applicationName, timeoutMs: left, signal, onEvent: context.onEvent, route };
        const session = await connect(config, within).catch(async (error: unknown) => {
          throw await withServerLog(api, route.endpoint!, error, signal);
        });
        // Behind one service there may be a primary and its standbys.
        if (route.size < 2 || !(await isStandby(session)) || !route.avoid()) return session;
        await session.close();
      }
    },
  };
}

async function isStandby(session: Session): Promise<boolean> {
  const [row] = await session.query('select pg_catalog.pg_is_in_recovery() as standby');
  return row?.['standby'] === true;
}

interface ConfigRequest {
  readonly options: ResolvedClusterTarget;
  readonly wanted: Wanted;
  readonly label: string;
  readonly env: NodeJS.ProcessEnv;
  readonly context: Context;
  readonly signal: AbortSignal | undefined;
}

/** Who connects to what: options, Secret, PG* variables, the password file, the pod's own spec, in this order. */
async function readConfig(api: Api, endpoint: Endpoint, request: ConfigRequest): Promise<ConnectionConfig> {
  const { context, env, label, options, signal, wanted } = request;
  const { namespace } = wanted;
  try {
    const given: Credentials = {
      user: getGiven(options.user, env, 'PGUSER'),
      database: getGiven(options.database, env, 'PGDATABASE'),
      password:
        options.passwordSecret === null
          ? getGiven(options.password, env, 'PGPASSWORD')
          : await readSecretKey(
              api,
              namespace,
              options.passwordSecret.name,
              options.passwordSecret.key,
              signal,
            ),
    };
    const host = wanted.service === null ? endpoint.pod.metadata.name : `${wanted.service}.${namespace}`;
    const resolve = (found: Credentials): Promise<ConnectionConfig> =>
      resolveConnection({
        url: Object.entries({
          host,
          port: endpoint.port,
          user: found.user?.value,
          dbname: found.database?.value,
        })
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => `${name}='${String(value).replace(/[\\']/g, '\\$&')}'`)
          .join(' '),
        env: { ...env, PGHOSTADDR: undefined, PGPASSWORD: found.password?.value },
      });
    const missing = (['user', 'database', 'password'] as const).filter((what) => given[what] === null);
    // The password file is asked with what is known before the pod is.
    const filed =
      missing.includes('password') && missing.length === 1 ? (await resolve(given)).password : null;
    const isFiled = filed !== null;
    const own =
      missing.length === 0 || isFiled ? null : await readPodCredentials(api, endpoint, missing, signal);
    const user = given.user ?? own?.user ?? { value: 'postgres', from: 'default' };
    const found: Credentials = {
      user,
      // The official image makes a database of the user's name.
      database: given.database ?? own?.database ?? { value: user.value, from: 'default' },
      password: given.password ?? own?.password ?? null,
    };
    const config = await resolve(found);
    context.onEvent?.({
      type: 'credentials',
      user: { value: config.user, from: found.user!.from },
      database: { value: config.database, from: found.database!.from },
      password: found.password?.from ?? (config.password === null ? null : 'password file'),
    });
    return withLabel(config, `${config.user}@${label}/${config.database}`);
  } catch (error) {
    const obstacle = getCredentialObstacle(error, namespace) ?? getRequestObstacle(error, api.access);
    throw obstacle === null ? error : createObstacleError([obstacle], error);
  }
}

function getGiven(value: string | null, env: NodeJS.ProcessEnv, variable: string): Found | null {
  if (value !== null) return { value, from: 'option' };
  const set = env[variable];
  return set ? { value: set, from: variable } : null;
}

function withLabel(config: ConnectionConfig, label: string): ConnectionConfig {
  const relabelled = { ...config, label };
  Object.defineProperty(relabelled, 'password', { value: config.password, enumerable: false });
  Object.defineProperty(relabelled, 'tls', { value: config.tls, enumerable: true });
  return Object.freeze(relabelled);
}

/** `service postgres in kubernaut-system`. */
function renderLabel({ namespace, pod, selector, service }: Wanted): string {
  if (service !== null) return `service ${service} in ${namespace}`;
  return pod !== null ? `pod ${pod} in ${namespace}` : `pods ${selector} in ${namespace}`;
}
