import { createApi } from '../cluster/api.js';
import type { ClusterAccess } from '../cluster/kube-config.js';
import { readKubeConfig } from '../cluster/kube-config.js';
import type { Wanted } from '../cluster/surroundings.js';
import { climbCluster } from '../diagnose/cluster.js';
import type { Ladder } from '../diagnose/ladder.js';
import type { ServerRequest } from '../diagnose/server.js';
import { withServerLog } from '../diagnose/server-log.js';
import { isPlinthError } from '../errors.js';
import type { RunEvent } from '../model/event.js';
import type { ResolvedClusterTarget } from '../options.js';
import { type ConnectionConfig, createConnectionConfig } from '../postgres/config.js';
import { explainAttempt } from '../postgres/connect.js';
import { readClusterConfig } from './cluster-config.js';
import { createClusterRoute } from './cluster-route.js';
import { renderLabel } from './cluster-target.js';

type Way = Pick<ServerRequest, 'config' | 'target' | 'place' | 'open' | 'avoid' | 'missing' | 'explain'>;

/** The way to a PostgreSQL in a cluster, told rung by rung; null where it ends before a pod. */
export async function findClusterWay(
  ladder: Ladder,
  options: ResolvedClusterTarget,
  signal: AbortSignal,
): Promise<Way | null> {
  const access = await readAccess(ladder, options);
  const namespace = options.namespace ?? access?.namespace ?? 'default';
  const wanted: Wanted = { ...options, namespace };
  const label = renderLabel(wanted);
  ladder.setTarget(label);
  if (access === null) return null;
  const api = createApi(access);
  const endpoints = await climbCluster(ladder, api, wanted, signal);
  if (endpoints === null) return null;
  const route = createClusterRoute(api, wanted, undefined, { endpoints });
  const endpoint = route.endpoint!;
  let config: ConnectionConfig | null = null;
  await ladder.ask('credentials', async () => {
    let seen: Extract<RunEvent, { type: 'credentials' }> | null = null;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'credentials') seen = event;
    };
    const request = { options, wanted, label, env: process.env, context: { onEvent }, signal };
    config = await readClusterConfig(api, endpoint, request);
    const { user, database, password } = seen!;
    return { user, database, password };
  });
  // Without credentials the port can still be asked.
  const known =
    config ?? createConnectionConfig({ host: endpoint.pod.metadata.name, user: 'postgres', label });
  return {
    config: known,
    target: label,
    place: `port ${endpoint.port} of pod ${endpoint.pod.metadata.name}`,
    open: route.open,
    avoid: () => route.size > 1 && route.avoid(),
    missing: config === null ? 'credentials' : null,
    explain: async (error, given) => {
      const told = await explainAttempt(error, known, given, route);
      const shown = await withServerLog(api, route.endpoint!, told, signal);
      return isPlinthError(shown) ? shown : told;
    },
  };
}

async function readAccess(ladder: Ladder, options: ResolvedClusterTarget): Promise<ClusterAccess | null> {
  let access: ClusterAccess | null = null;
  await ladder.ask('kubeconfig', async () => {
    access = await readKubeConfig(options);
    const { context, server, source } = access;
    return { source, context, server };
  });
  return access;
}
