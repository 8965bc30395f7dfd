/** What libpq's sslmode demands of the connection. */
export type TlsMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
export const TLS_MODES: readonly TlsMode[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
];

export interface TlsConfig {
  /** Default: `prefer`. */
  readonly mode: TlsMode;
  /** PEM of the CA; `system` = the CAs that Node brings; null = the server is not verified. */
  readonly ca: string | null;
  readonly cert: string | null;
  /** PEM; non-enumerable, so that it gets into no log. */
  readonly key: string | null;
  /** TLS from the first byte (PostgreSQL 17+). Default: false. */
  readonly direct: boolean;
}

/** Where a PostgreSQL is and as whom to meet it: everything resolved, nothing read from the environment later. */
export interface ConnectionConfig {
  /** A name, an address, or the directory of a Unix socket (begins with `/`). */
  readonly host: string;
  /** The address to dial where it is known apart from the name (hostaddr). */
  readonly address: string | null;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Non-enumerable, so that it gets into no log. */
  readonly password: string | null;
  /** Why a password file was not used. */
  readonly passwordProblem: string | null;
  readonly tls: TlsConfig;
  /** Startup options as in PGOPTIONS: `-c search_path=app`. */
  readonly options: string;
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  /** One attempt's budget in milliseconds (connect_timeout); null = the caller's. */
  readonly connectTimeoutMs: number | null;
  /** `postgres@127.0.0.1:5432/app`: what messages call it. Holds no secret. */
  readonly label: string;
}

export interface ConnectionFields {
  readonly host: string;
  /** Default: null. */
  readonly address?: string | null;
  /** Default: 5432. */
  readonly port?: number;
  readonly user: string;
  /** Default: the user's name. */
  readonly database?: string;
  readonly password?: string | null;
  readonly passwordProblem?: string | null;
  /** Default: mode `prefer`, nothing verified. */
  readonly tls?: Partial<TlsConfig>;
  readonly options?: string;
  /** Default: `prefer`. */
  readonly channelBinding?: ConnectionConfig['channelBinding'];
  readonly connectTimeoutMs?: number | null;
  /** Default: `user@host:port/database`. */
  readonly label?: string;
}

/** Makes a frozen config whose secrets are non-enumerable. */
export function createConnectionConfig(fields: ConnectionFields): ConnectionConfig {
  const port = fields.port ?? 5432;
  const database = fields.database ?? fields.user;
  const host = fields.host.includes(':') ? `[${fields.host}]` : fields.host;
  const { key = null, ...tls } = fields.tls ?? {};
  const config = {
    host: fields.host,
    address: fields.address ?? null,
    port,
    user: fields.user,
    database,
    passwordProblem: fields.passwordProblem ?? null,
    tls: createTlsConfig({ mode: 'prefer', ca: null, cert: null, direct: false, ...tls }, key),
    options: fields.options ?? '',
    channelBinding: fields.channelBinding ?? 'prefer',
    connectTimeoutMs: fields.connectTimeoutMs ?? null,
    label: fields.label ?? `${fields.user}@${host}:${port}/${database}`,
  };
  Object.defineProperty(config, 'password', { value: fields.password ?? null, enumerable: false });
  return Object.freeze(config) as ConnectionConfig;
}

/** The same server and user, another database. */
export function withDatabase(config: ConnectionConfig, database: string): ConnectionConfig {
  const { label: _, ...fields } = config;
  return createConnectionConfig({ ...fields, database, password: config.password });
}

function createTlsConfig(tls: Omit<TlsConfig, 'key'>, key: string | null): TlsConfig {
  const config = { ...tls };
  Object.defineProperty(config, 'key', { value: key, enumerable: false });
  return Object.freeze(config) as TlsConfig;
}

/** True where the host is the directory of a Unix socket. */
export function isSocket(config: ConnectionConfig): boolean {
  return config.address === null && config.host.startsWith('/');
}

/** The psql that meets a database, without a password; in the keyword form, which takes the folder of a socket, too. */
export function renderPsql({ host, port, user, database }: ConnectionConfig, options = ''): string {
  const quote = (value: string | number): string =>
    /^[\w./:-]+$/.test(String(value)) ? String(value) : `'${String(value).replace(/[\\']/g, '\\$&')}'`;
  const more = options === '' ? '' : ` options=${quote(options)}`;
  return `psql "host=${quote(host)} port=${port} user=${quote(user)} dbname=${quote(database)}${more}"`;
}
