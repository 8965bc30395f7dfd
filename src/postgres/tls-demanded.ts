import { PostgresNotReadyError } from '../errors.js';
import { type ConnectionConfig, createConnectionConfig } from './config.js';
import { type OpenOptions, openSession } from './session.js';
import { getSqlState, INVALID_AUTHORIZATION } from './sqlstate.js';
import { TlsError } from './transport.js';

/**
 * True where pg_hba.conf refused this connection for want of TLS, which sslmode=disable rules out: the same over TLS gets
 * further. The server has one SQLSTATE for all of its refusals, so that only trying tells.
 */
export async function isTlsDemanded(
  error: unknown,
  config: ConnectionConfig,
  options: OpenOptions,
): Promise<boolean> {
  if (getSqlState(error) !== INVALID_AUTHORIZATION || config.tls.mode !== 'disable') return false;
  const { password, tls } = config;
  const secure = createConnectionConfig({
    ...config,
    password,
    tls: { ...tls, key: tls.key, ca: null, mode: 'require' },
  });
  try {
    await (await openSession(secure, options)).close();
    return true;
  } catch (again) {
    const isSame = again instanceof TlsError || getSqlState(again) === INVALID_AUTHORIZATION;
    return !isSame && getSqlState(again) !== null;
  }
}

/** TLS_FAILED for a server that takes this user over TLS alone. */
export function createTlsDemanded({ label }: ConnectionConfig, cause: unknown): PostgresNotReadyError {
  const reason = 'the server takes it only over TLS, and sslmode=disable rules that out';
  return new PostgresNotReadyError('TLS_FAILED', { target: label, reason }, { cause });
}
