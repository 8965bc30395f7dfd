import { randomBytes } from 'node:crypto';
import { PlinthError } from '../errors.js';
import type { ResolvedTarget } from '../options.js';
import { type ConnectionConfig, renderPsql } from '../postgres/config.js';
import { resolveConnection } from '../postgres/connection.js';
import type { Session } from '../postgres/session.js';
import type { ClusterTarget } from './cluster-target.js';
import type { Context } from './prepared.js';

/** Where to apply to, as one run sees it. */
export interface Target {
  readonly label: string;
  readonly runId: string;
  readonly applicationName: string;
  /** The psql that meets it, without a password; null where psql does not reach it by itself. */
  readonly psql: string | null;
  open(within: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<Session>;
}

/** Finds the target; an embedded one is started where it does not run yet, and stays up. */
export async function createTarget(
  options: ResolvedTarget,
  service: string,
  context: Context,
): Promise<Target> {
  const runId = randomBytes(4).toString('hex');
  const applicationName = `plinth/${service}/${runId}`;
  const route = await createRoute(options, context);
  return {
    label: route.label,
    runId,
    applicationName,
    psql: route.psql,
    open: async ({ timeoutMs, signal }) => {
      context.onEvent?.({ type: 'connecting', target: route.label });
      const session = await route.open({ applicationName, timeoutMs, signal });
      const serverVersion = session.serverVersionText;
      context.onEvent?.({ type: 'connected', target: route.label, serverVersion, run: runId });
      return session;
    },
  };
}

interface Route extends Pick<ClusterTarget, 'label' | 'open'> {
  readonly psql: string | null;
}

async function createRoute(options: ResolvedTarget, context: Context): Promise<Route> {
  if (options.cluster !== null) {
    // Loaded where there is a cluster, and not before.
    const { createClusterTarget } = await import('./cluster-target.js');
    return { ...(await createClusterTarget(options.cluster, context)), psql: null };
  }
  const config = await resolveConfig(options, context);
  return {
    label: config.label,
    psql: renderPsql(config),
    open: async (within) => {
      const { connect } = await import('../postgres/connect.js');
      return await connect(config, { ...within, onEvent: context.onEvent });
    },
  };
}

async function resolveConfig(
  { url, embedded }: ResolvedTarget,
  { signal }: Context,
): Promise<ConnectionConfig> {
  if (embedded !== null) {
    const { startEmbedded } = await import('../embedded/server.js');
    const server = await startEmbedded({
      dataDir: embedded,
      detached: true,
      ...(signal === undefined ? {} : { signal }),
    });
    return resolveConnection({ url: server.url, env: {} });
  }
  if (url === null) throw new PlinthError('OPTIONS_INVALID', { problems: ['no target is given'] });
  return resolveConnection({ ...(url === '' ? {} : { url }), env: process.env });
}
