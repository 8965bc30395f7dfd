import type { Duplex } from 'node:stream';
import { type ConnectionConfig, isSocket, renderPsql } from '../postgres/config.js';
import { renderConnectionUrl } from '../postgres/connection-string.js';
import type { Access, PgConnection } from './server.js';

/** How others reach a database, with `options` (`-c search_path=…`) beside those of the target. */
export function createAccess(
  config: ConnectionConfig,
  params: Readonly<Record<string, string>> | null,
  { options = '', stream }: { readonly options?: string; readonly stream?: (() => Duplex) | undefined } = {},
): Access {
  const all = [config.options, options].filter((part) => part !== '').join(' ');
  const connection: PgConnection = {
    host: config.address ?? config.host,
    port: config.port,
    user: config.user,
    ...(config.password === null ? {} : { password: config.password }),
    database: config.database,
    ...(all === '' ? {} : { options: all }),
    ...getSsl(config),
    ...(stream === undefined ? {} : { stream }),
  };
  const own = { dbname: config.database, ...(all === '' ? {} : { options: all }) };
  return {
    url: params === null ? null : renderConnectionUrl({ ...params, ...own }),
    connection,
    psql: params === null ? null : renderPsql(config, all),
  };
}

// pg has no sslmode of libpq's but in URLs, and there it reads them otherwise.
function getSsl(config: ConnectionConfig): { readonly ssl?: boolean | object } {
  const { ca, cert, key, mode } = config.tls;
  if (isSocket(config) || mode === 'allow' || mode === 'prefer') return {};
  if (mode === 'disable') return { ssl: false };
  const ssl = {
    rejectUnauthorized: ca !== null,
    ...(ca === null || ca === 'system' ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
  if (key !== null) Object.defineProperty(ssl, 'key', { value: key, enumerable: false });
  return { ssl };
}
