import { getEmbeddedStatus, startEmbedded, stopEmbedded } from '../embedded/server.js';
import { isPlinthError } from '../errors.js';
import type { ResolvedTestingOptions } from '../options.js';
import { type ConnectionConfig, withDatabase } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import { resolveParameters } from '../postgres/connection.js';
import type { Context } from '../run/prepared.js';
import { createAccess } from './access.js';
import { getDefaultFolder } from './default-folder.js';
import { openMaintenance } from './maintenance.js';
import type { TestServer } from './server.js';

// The data of tests need not outlive a crash of the machine.
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_locks_per_transaction: '256',
  max_wal_size: '4GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

type Reached = Awaited<ReturnType<typeof resolveParameters>>;

/** A PostgreSQL behind a URL, or an embedded one, which is started wherever it turns out not to run. */
export async function createUrlServer(
  options: ResolvedTestingOptions,
  context: Context,
): Promise<TestServer> {
  const { embedded, url } = options;
  let isOurs = embedded !== null && embedded === getDefaultFolder();
  const reach = async (): Promise<Reached> => {
    if (embedded === null) return resolveParameters({ ...(url ? { url } : {}), env: process.env });
    const { signal } = context;
    const given = { dataDir: embedded, detached: true, settings: SETTINGS };
    const server = await startEmbedded({ ...given, ...(signal === undefined ? {} : { signal }) });
    if (!server.foundRunning) isOurs = true;
    return resolveParameters({ url: server.url, env: {} });
  };
  let reached = await reach();
  const getConfig = (database: string): ConnectionConfig => withDatabase(reached.config, database);
  const { label } = reached.config;
  return {
    label,
    ownDatabase: reached.config.database,
    open: async (database, within) => {
      const { starts: _, ...given } = { ...within, onEvent: context.onEvent };
      // Whoever was last may have stopped it a moment ago.
      const isThere = embedded === null || (await getEmbeddedStatus(embedded)).state === 'running';
      if (!isThere && within.starts !== false) reached = await reach();
      if (database !== null) return connect(getConfig(database), given);
      return openMaintenance(reached.config.database, (name) => connect(getConfig(name), given));
    },
    getApplyTarget: (database) => ({
      url: createAccess(getConfig(database), reached.params).url!,
      embedded: undefined as never,
    }),
    getAccess: (database, more = '') => createAccess(getConfig(database), reached.params, { options: more }),
    stop: async (isAlone) => {
      if (embedded === null || !isAlone || !isOurs) return;
      await stopEmbedded(embedded).catch((error: unknown) => {
        if (!isPlinthError(error)) throw error;
      });
    },
  };
}
