import { randomBytes } from 'node:crypto';
import { startEmbedded } from '../embedded/server.js';
import { PlinthError } from '../errors.js';
import type { ResolvedHistoryOptions } from '../options.js';
import { withDatabase } from '../postgres/config.js';
import { connect } from '../postgres/connect.js';
import { resolveConnection } from '../postgres/connection.js';
import { isSessionLost } from '../postgres/lost.js';
import { renderIdentifier } from '../postgres/quote.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, isOutOfResources } from '../postgres/sqlstate.js';

/** A scratch database of its own. */
export interface ScratchDatabase {
  readonly session: Session;
  /** Makes a role that goes with the database; false where it exists. */
  createRole(role: string): Promise<boolean>;
  /** Takes a role that the history made away with the database. */
  adoptRole(role: string): void;
}

const CONNECT_MS = 5_000;
const CANCEL_EVERY_MS = 250;
const DUPLICATE_OBJECT = '42710';

/**
 * Gives work an empty database on the embedded PostgreSQL, or on the server that --scratch names, and takes it
 * away afterwards, with the roles that were made for it.
 *
 * @throws SCRATCH_UNAVAILABLE, ABORTED
 */
export async function withScratchDatabase<T>(
  options: Pick<ResolvedHistoryOptions, 'scratch'>,
  signal: AbortSignal | undefined,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  try {
    if (options.scratch !== null) return await withServer(options.scratch, signal, work);
    const server = await startEmbedded(signal === undefined ? {} : { signal });
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
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const config = await resolveConnection({ url, env: {} });
  const opening = { applicationName: 'plinth/scratch', timeoutMs: CONNECT_MS, signal };
  const admin = await connect(config, opening).catch(refuse);
  const name = `plinth_scratch_${randomBytes(6).toString('hex')}`;
  const roles: string[] = [];
  try {
    await ensureSuperuser(admin);
    await admin.execute(`create database ${name} template template0`).catch(refuse);
    const session = await connect(withDatabase(config, name), opening).catch(refuse);
    // Again and again, because a cancel that comes between two statements does nothing.
    let again: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      void session.cancel();
      again = setInterval(() => void session.cancel(), CANCEL_EVERY_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await work({
        session,
        createRole: (role) => createRole(admin, role, roles),
        adoptRole: (role) => void roles.push(role),
      });
    } catch (error) {
      const isLost = await isSessionLost(error, session);
      throw isLost || isOutOfResources(error) ? createUnavailable(error) : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      clearInterval(again);
      await session.close();
    }
  } finally {
    // The embedded server goes as a whole; another one must not keep anything of ours.
    await admin.execute(`drop database if exists ${name} with (force)`).catch(() => undefined);
    for (const role of roles)
      await admin.execute(`drop role if exists ${renderIdentifier(role)}`).catch(() => undefined);
    await admin.close();
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

async function ensureSuperuser(session: Session): Promise<void> {
  const [row] = await session.query(
    "select pg_catalog.current_setting('is_superuser') = 'on' as super, current_user as name",
  );
  if (row?.['super'] !== true) {
    const reason = `${String(row?.['name'])} is no superuser there, and event triggers need one`;
    throw new PlinthError('SCRATCH_UNAVAILABLE', { reason });
  }
}

async function createRole(session: Session, role: string, made: string[]): Promise<boolean> {
  try {
    await session.execute(`create role ${renderIdentifier(role)} nologin`);
    made.push(role);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE_OBJECT) return false;
    throw error;
  }
}
