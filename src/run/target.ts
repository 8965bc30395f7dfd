import { randomBytes } from 'node:crypto';
import { startEmbedded } from '../embedded/server.js';
import { PlinthError } from '../errors.js';
import type { ResolvedPlanOptions } from '../options.js';
import type { ConnectionConfig } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import { resolveConnection } from '../postgres/connection.js';
import type { Session } from '../postgres/session.js';
import type { Context } from './prepared.js';

/** Where to apply to, as one run sees it. */
export interface Target {
  readonly label: string;
  readonly runId: string;
  readonly applicationName: string;
  open(within: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }): Promise<Session>;
}

/** Finds the target; an embedded one is started where it does not run yet, and stays up. */
export async function createTarget(
  options: Pick<ResolvedPlanOptions, 'url' | 'embedded'>,
  service: string,
  context: Context,
): Promise<Target> {
  const config = await resolveTarget(options, context);
  const runId = randomBytes(4).toString('hex');
  const applicationName = `plinth/${service}/${runId}`;
  return {
    label: config.label,
    runId,
    applicationName,
    open: async ({ timeoutMs, signal }) => {
      context.onEvent?.({ type: 'connecting', target: config.label });
      const session = await connect(config, { applicationName, timeoutMs, signal, onEvent: context.onEvent });
      const serverVersion = session.serverVersionText;
      context.onEvent?.({ type: 'connected', target: config.label, serverVersion, run: runId });
      return session;
    },
  };
}

async function resolveTarget(
  { url, embedded }: Pick<ResolvedPlanOptions, 'url' | 'embedded'>,
  { signal }: Context,
): Promise<ConnectionConfig> {
  if (embedded !== null) {
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
