import type { ResolvedClusterTarget, ResolvedTestingOptions } from '../options.js';
import { createConnectionConfig } from '../postgres/config.js';
import { openSocket } from '../postgres/socket.js';
import { createClusterTarget } from '../run/cluster-target.js';
import type { Context } from '../run/prepared.js';
import { createAccess } from './access.js';
import { type Listener, startListener } from './listener.js';
import { openMaintenance } from './maintenance.js';
import type { Access, TestServer } from './server.js';

/** A PostgreSQL in a cluster: its databases are reached through streams, or through a port of this machine where that is asked for. */
export async function createClusterServer(
  cluster: ResolvedClusterTarget,
  options: ResolvedTestingOptions,
  context: Context,
): Promise<TestServer> {
  const target = await createClusterTarget(cluster, context);
  const applicationName = `plinth/${options.service}/test`;
  // Who connects to what is known with the first session.
  await (await target.open({ applicationName, timeoutMs: options.timeout, signal: context.signal })).close();
  const config = target.config!;
  const listener: Listener | null = options.listen ? await startListener(target.createStream) : null;

  const getAccess = (database: string, more = ''): Access => {
    const { password, user } = config;
    const fields = { host: '127.0.0.1', user, password, database, tls: config.tls, options: config.options };
    if (listener === null) {
      const stream = (): ReturnType<typeof openSocket> => openSocket(target.createStream());
      const named = createConnectionConfig({ ...fields, host: config.host, port: config.port });
      return createAccess(named, null, { options: more, stream });
    }
    // What is asked of the certificate is meant for the pod's own name.
    const mode = config.tls.mode.startsWith('verify') ? 'require' : config.tls.mode;
    const local = createConnectionConfig({ ...fields, port: listener.port, tls: { mode } });
    const params = {
      host: '127.0.0.1',
      port: String(listener.port),
      user,
      ...(password === null ? {} : { password }),
      ...(mode === 'prefer' ? {} : { sslmode: mode }),
    };
    return createAccess(local, params, { options: more });
  };
  return {
    label: target.label,
    ownDatabase: config.database,
    open: (database, within) => {
      if (database !== null) return target.openDatabase(database, within);
      return openMaintenance(config.database, (name) => target.openDatabase(name, within));
    },
    getApplyTarget: (database) => ({ database }),
    getAccess,
    stop: async () => void (await listener?.stop()),
  };
}
