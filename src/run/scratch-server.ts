import { randomBytes } from 'node:crypto';
import { startEmbedded } from '../embedded/server.js';
import { isPlinthError, PlinthError } from '../errors.js';
import type { ResolvedHistoryOptions } from '../options.js';
import { type ConnectionConfig, withDatabase } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import { resolveConnection } from '../postgres/connection.js';
import { isSessionLost } from '../postgres/lost.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, isOutOfResources } from '../postgres/sqlstate.js';
import { adoptScratchRole, createScratchRole, getScratchName } from './scratch-roles.js';
import { sweepScratch } from './scratch-sweep.js';

/** A scratch database of its own. */
export interface ScratchDatabase {
  readonly name: string;
  open(): Promise<Session>;
  /** Drops it, whoever is connected; never throws. */
  drop(): Promise<void>;
}

/** A server to make scratch databases on. */
export interface ScratchServer {
  /** `server_version_num` */
  readonly version: number;
  /** An empty database, or a copy of one of ours. */
  createDatabase(template?: ScratchDatabase): Promise<ScratchDatabase>;
  /** Makes a role that goes with the last run on the server, as all share it; false where it exists. */
  createRole(role: string): Promise<boolean>;
  /** Has a role that the history made go with this run. */
  adoptRole(role: string): Promise<void>;
}

const CONNECT_MS = 5_000;
// It is there: on a busy machine a session takes its time.
const OPEN_MS = 30_000;
const CANCEL_EVERY_MS = 250;

/**
 * Gives work the embedded PostgreSQL, or the server that --scratch names, and takes away afterwards all databases and
 * roles that were made there; what a killed run left is taken away before.
 *
 * @throws SCRATCH_UNAVAILABLE, ABORTED
 */
export async function withScratchServer<T>(
  options: Pick<ResolvedHistoryOptions, 'scratch'>,
  { signal, sessions }: { readonly signal: AbortSignal | undefined; readonly sessions: number },
  work: (server: ScratchServer) => Promise<T>,
): Promise<T> {
  try {
    if (options.scratch !== null) return await withServer(options.scratch, signal, work);
    const settings = { max_connections: `${sessions + 10}` };
    const server = await startEmbedded({ settings, ...(signal === undefined ? {} : { signal }) });
    try {
      return await withServer(server.url, signal, work);
    } finally {
      await server.stop();
    }
  } catch (cause) {
    if (signal?.aborted !== true) throw cause;
    throw new PlinthError('ABORTED', { phase: 'watching the history' }, { cause });
  }
}

async function withServer<T>(
  url: string,
  signal: AbortSignal | undefined,
  work: (server: ScratchServer) => Promise<T>,
): Promise<T> {
  const config = await resolveConnection({ url, env: {} });
  const id = randomBytes(6).toString('hex');
  const opening = { applicationName: getScratchName(id), timeoutMs: CONNECT_MS, signal };
  const admin = await connect(config, opening).catch(refuse);
  let serving: { server: ScratchServer; idle: () => Promise<unknown> } | null = null;
  const databases = new Set<string>();
  try {
    await ensureSuperuser(admin);
    await sweepScratch(admin, id);
    serving = createServer({
      admin,
      id,
      databases,
      open: (to) => connect(to, { ...opening, timeoutMs: OPEN_MS }),
      config,
    });
    return await work(serving.server);
  } catch (error) {
    if (isPlinthError(error)) {
      throw OF_SERVER.has(error.code) ? createUnavailable(error) : error;
    }
    const isLost = await isSessionLost(error, admin);
    throw isLost || isOutOfResources(error) ? createUnavailable(error) : error;
  } finally {
    await serving?.idle();
    // The embedded server goes as a whole; another one must not keep anything of ours.
    for (const name of databases) await dropDatabase(admin, name);
    // From here on this run is no user of the roles that are there.
    await admin.execute("set application_name = ''").catch(() => undefined);
    await sweepScratch(admin, id).catch(() => undefined);
    await admin.close();
  }
}

// Whatever keeps a run from its target keeps it from a scratch server, too.
const OF_SERVER: ReadonlySet<string> = new Set([
  'CONNECTION_LOST',
  'POSTGRES_NOT_READY',
  'ENDED_BY_ADMINISTRATOR',
  'CONNECTIONS_EXHAUSTED',
  'DISK_FULL',
  'READ_ONLY',
  'TIMEOUT',
]);

interface Serving {
  readonly admin: Session;
  readonly id: string;
  /** Those that are there. */
  readonly databases: Set<string>;
  readonly config: ConnectionConfig;
  readonly open: (config: ConnectionConfig) => Promise<Session>;
}

function createServer({ admin, id, databases, config, open }: Serving): {
  server: ScratchServer;
  idle: () => Promise<unknown>;
} {
  let count = 0;
  // A session takes one query after the other.
  let last: Promise<unknown> = Promise.resolve();
  const queue = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  const server: ScratchServer = {
    version: admin.serverVersion,
    createDatabase: async (template) => {
      count += 1;
      const name = `plinth_scratch_${id}_${count}`;
      databases.add(name);
      const from = template?.name ?? 'template0';
      await queue(() => admin.execute(`create database ${name} template ${from}`)).catch(refuse);
      return {
        name,
        open: () => open(withDatabase(config, name)).catch(refuse),
        drop: async () => {
          if (await queue(() => dropDatabase(admin, name))) databases.delete(name);
        },
      };
    },
    createRole: (role) => queue(() => createScratchRole(admin, role, id)),
    // It may be gone again.
    adoptRole: (role) => queue(() => adoptScratchRole(admin, role, id)).catch(() => undefined),
  };
  return { server, idle: () => last };
}

/**
 * Gives work a session on an empty database of the server. When the signal says so, what runs there is cancelled, again
 * and again, because a cancel that comes between two statements does nothing.
 */
export async function withScratchSession<T>(
  server: ScratchServer,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const database = await server.createDatabase();
  const session = await database.open();
  let again: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    void session.cancel();
    again = setInterval(() => void session.cancel(), CANCEL_EVERY_MS);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await work(session);
  } catch (error) {
    const isLost = !isPlinthError(error) && (await isSessionLost(error, session));
    throw isLost || isOutOfResources(error) ? createUnavailable(error) : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    clearInterval(again);
    await session.close();
    await database.drop();
  }
}

function createUnavailable(cause: unknown): PlinthError {
  const state = getSqlState(cause);
  const reason = `${(cause as Error).message}${state === null ? '' : ` (SQLSTATE ${state})`}`;
  return new PlinthError('SCRATCH_UNAVAILABLE', { reason }, { cause });
}

function refuse(cause: unknown): never {
  throw createUnavailable(cause);
}

async function dropDatabase(admin: Session, name: string): Promise<boolean> {
  const sql = `drop database if exists ${name} with (force)`;
  return await admin.execute(sql).then(
    () => true,
    () => false,
  );
}

async function ensureSuperuser(session: Session): Promise<void> {
  const [row] = await session.query(
    "select pg_catalog.current_setting('is_superuser') = 'on' as super, current_user as name",
  );
  if (row?.['super'] !== true) {
    const reason = `${String(row?.['name'])} is no superuser there: statements are watched by event triggers and by functions in pg_catalog, which nobody else may make (CREATEDB and pg_read_all_stats are not enough)`;
    throw new PlinthError('SCRATCH_UNAVAILABLE', { reason });
  }
}
