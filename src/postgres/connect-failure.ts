import { PlinthError, PostgresNotReadyError } from '../errors.js';
import { type ConnectionConfig, isSocket } from './config.js';
import { PasswordMissing } from './session.js';
import {
  AUTHENTICATION,
  INSUFFICIENT_PRIVILEGE,
  INVALID_AUTHORIZATION,
  INVALID_CATALOG_NAME,
  isServerError,
  PROTOCOL_VIOLATION,
  type ServerError,
  TOO_MANY_CONNECTIONS,
  WAIT,
} from './sqlstate.js';
import { ProtocolError, TlsError } from './transport.js';

/** What a failed attempt means: an error that waiting cannot mend, or a reason to wait for up to `patienceMs`. */
export type ConnectFailure =
  | { readonly error: PlinthError }
  | { readonly reason: string; readonly patienceMs: number; readonly code?: 'CONNECTIONS_EXHAUSTED' };

// A pooler says the same for what waiting mends (its server is down) and for what it cannot (an unknown database).
const POOLER_PATIENCE_MS = 3_000;
// A name may be new to the resolver (a Kubernetes service just made), but not for long.
const NAME_PATIENCE_MS = 3_000;

/** Judges why connecting failed, by SQLSTATE and by the operating system's code. */
export function getConnectFailure(error: unknown, config: ConnectionConfig): ConnectFailure {
  const target = config.label;
  const cause = { cause: error };
  const stop = (reason: string): ConnectFailure => ({
    error: new PostgresNotReadyError('POSTGRES_NOT_READY', { target, reason, waitedMs: 0 }, cause),
  });
  if (error instanceof TlsError) {
    return { error: new PostgresNotReadyError('TLS_FAILED', { target, reason: error.message }, cause) };
  }
  if (error instanceof PasswordMissing || (isServerError(error) && AUTHENTICATION.has(error.code))) {
    const { database, user } = config;
    const args = { target, user, database, reason: error.message, because: getRefusal(error) };
    return { error: new PostgresNotReadyError('AUTHENTICATION_FAILED', args, cause) };
  }
  if (error instanceof ProtocolError) {
    return { error: new PostgresNotReadyError('NOT_POSTGRES', { target }, cause) };
  }
  if (isServerError(error)) {
    const reason = `${error.message} (SQLSTATE ${error.code})`;
    if (error.code === INVALID_CATALOG_NAME) {
      const args = { target, database: config.database };
      return { error: new PostgresNotReadyError('DATABASE_MISSING', args, cause) };
    }
    if (error.code === INSUFFICIENT_PRIVILEGE) {
      const args = { what: `connect to the database ${config.database}`, user: config.user, reason };
      return { error: new PlinthError('PERMISSION_DENIED', args, cause) };
    }
    if (error.code === TOO_MANY_CONNECTIONS) {
      return { reason: error.message, patienceMs: Infinity, code: 'CONNECTIONS_EXHAUSTED' };
    }
    if (error.code === PROTOCOL_VIOLATION) {
      const refused = `${reason}; a pooler answers there, and many take no startup options (search_path)`;
      return config.options === '' ? { reason, patienceMs: POOLER_PATIENCE_MS } : stop(refused);
    }
    return WAIT.has(error.code) ? { reason, patienceMs: Infinity } : stop(reason);
  }
  const { code, message } = getSystemError(error);
  const place = isSocket(config) ? `${config.host}/.s.PGSQL.${config.port}` : `${config.host}:${config.port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return { reason: `nothing listens at ${place} (${code})`, patienceMs: Infinity };
    case 'ENOENT':
      return { reason: `there is no socket ${place} (${code})`, patienceMs: Infinity };
    case 'ENOTFOUND':
      return { reason: `the host name ${config.host} is not known (${code})`, patienceMs: NAME_PATIENCE_MS };
    case 'ECONNRESET':
    case 'EPIPE':
      return { reason: `${place} closed the connection (${code})`, patienceMs: Infinity };
    case 'ETIMEDOUT':
      return { reason: `${place} does not answer`, patienceMs: Infinity };
    case 'EACCES':
    case 'EPERM':
      return stop(`this user may not open ${place} (${code})`);
    default:
      return { reason: message, patienceMs: Infinity };
  }
}

// https://github.com/postgres/postgres/blob/master/src/backend/libpq/auth.c and …/utils/init/miscinit.c
function getRefusal(error: PasswordMissing | ServerError): 'password' | 'role' | 'pg_hba' | null {
  if (error instanceof PasswordMissing || error.code !== INVALID_AUTHORIZATION) return 'password';
  if (error.routine === 'InitializeSessionUserId') return 'role';
  return error.routine === 'ClientAuthentication' ? 'pg_hba' : null;
}

// A host with several addresses gives an AggregateError whose own message is empty.
function getSystemError(error: unknown): { readonly code: string; readonly message: string } {
  const all = error instanceof AggregateError ? error.errors : [error];
  const first = all[0] as NodeJS.ErrnoException | undefined;
  const code = (error as NodeJS.ErrnoException).code ?? first?.code;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return { code: 'ETIMEDOUT', message: '' };
  const message = all.map((one) => (one as Error).message).filter(Boolean);
  return { code: String(code ?? ''), message: [...new Set(message)].join('; ') || String(code ?? error) };
}
