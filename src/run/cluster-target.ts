import { createApi } from '../cluster/api.js';
import type { Wanted } from '../cluster/surroundings.js';
import { withServerLog } from '../diagnose/server-log.js';
import type { ResolvedClusterTarget } from '../options.js';
import type { ConnectionConfig } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import type { Session } from '../postgres/session.js';
import { readClusterConfig } from './cluster-config.js';
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
      const route = createClusterRoute(api, wanted, context.onEvent, { hasAnswered: config !== null });
      await route.look({ timeoutMs, signal });
      config ??= await readClusterConfig(api, route.endpoint!, {
        options,
        wanted,
        label,
        env,
        context,
        signal,
      });
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

/** `service postgres in kubernaut-system`. */
export function renderLabel({ namespace, pod, selector, service }: Wanted): string {
  if (service !== null) return `service ${service} in ${namespace}`;
  return pod !== null ? `pod ${pod} in ${namespace}` : `pods ${selector} in ${namespace}`;
}
