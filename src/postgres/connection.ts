import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { PlinthError } from '../errors.js';
import { type ConnectionConfig, createConnectionConfig } from './config.js';
import { parseConnectionString } from './connection-string.js';
import { readPasswordFile } from './password-file.js';
import { readTlsFiles } from './tls-files.js';

export interface ConnectionInput {
  /** A PostgreSQL URL or libpq's `key=value` string. Default: the PG… variables alone. */
  readonly url?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// https://www.postgresql.org/docs/current/libpq-envars.html
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  dbname: 'PGDATABASE',
  password: 'PGPASSWORD',
  options: 'PGOPTIONS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
};
const KNOWN = new Set([...Object.keys(VARIABLES), 'passfile', 'search_path', 'schema']);
// Of no meaning here: names for the server's log, encoding, keep-alive (always on), Prisma's pool.
const PASSED_OVER = new Set([
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'gssencmode',
  'target_session_attrs',
  'connection_limit',
  'pool_timeout',
  'pgbouncer',
]);

/** Resolves where and as whom to connect, as libpq would; throws OPTIONS_INVALID with all problems at once. */
export async function resolveConnection(input: ConnectionInput): Promise<ConnectionConfig> {
  return (await resolveParameters(input)).config;
}

/** The same, with libpq's parameters of it, from which the URL of a neighbouring database can be made. */
export async function resolveParameters(
  input: ConnectionInput,
): Promise<{ readonly config: ConnectionConfig; readonly params: Readonly<Record<string, string>> }> {
  const { env } = input;
  const parsed = parseConnectionString(input.url ?? '');
  const problems = [...parsed.problems];
  for (const name of Object.keys(parsed.params)) {
    // golang-migrate's own parameters begin with x-.
    if (KNOWN.has(name) || PASSED_OVER.has(name) || name.startsWith('x-')) continue;
    problems.push(`the connection's parameter ${name} is not known; known are ${[...KNOWN].join(', ')}`);
  }
  const params: Record<string, string> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = parsed.params[name] ?? env[variable];
    if (value !== undefined && value !== '') params[name] = value;
  }
  const port = readNumber(params, 'port', 5432, problems);
  const timeout = readNumber(params, 'connect_timeout', 0, problems);
  const host = params['host'] ?? params['hostaddr'] ?? getDefaultHost(port);
  if (host.includes(',')) problems.push(`the host ${host} is several: name the one to write to`);
  const binding = params['channel_binding'] ?? 'prefer';
  if (!['disable', 'prefer', 'require'].includes(binding)) {
    problems.push(`channel_binding=${binding} is not one of disable, prefer, require`);
  }
  const tls = readTlsFiles(params, env, problems);
  const user = params['user'] ?? getSystemUser(env);
  const database = params['dbname'] ?? user;
  let password = params['password'] ?? null;
  let passwordProblem: string | null = null;
  if (password === null) {
    const passfile = parsed.params['passfile'] ?? env['PGPASSFILE'];
    // libpq looks a default socket up as localhost.
    const name = host.startsWith('/') && params['host'] === undefined ? 'localhost' : host;
    const file = await readPasswordFile(
      { host: name, port, database, user },
      { ...env, PGPASSFILE: passfile },
    );
    password = file.password;
    passwordProblem = file.problem;
  }
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
  const config = createConnectionConfig({
    host,
    address: params['hostaddr'] ?? null,
    port,
    user,
    database,
    password,
    passwordProblem,
    tls,
    options: getOptions(params['options'] ?? '', parsed.params),
    channelBinding: binding as ConnectionConfig['channelBinding'],
    // libpq: 0 means no limit of its own.
    connectTimeoutMs: timeout > 0 ? timeout * 1000 : null,
  });
  const own = {
    host,
    port: String(port),
    user,
    dbname: database,
    ...(password === null ? {} : { password }),
  };
  return {
    config,
    params: { ...params, ...own, ...(config.options === '' ? {} : { options: config.options }) },
  };
}

// dbmate's search_path and Prisma's schema say the same.
function getOptions(options: string, params: Readonly<Record<string, string>>): string {
  const path = params['search_path'] ?? params['schema'];
  if (path === undefined) return options;
  const escaped = path.replace(/[\\\s]/g, (character) => `\\${character}`);
  return `${options} -c search_path=${escaped}`.trim();
}

function readNumber(
  params: Readonly<Record<string, string>>,
  name: string,
  fallback: number,
  problems: string[],
): number {
  const text = params[name];
  if (text === undefined) return fallback;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  const right = name === 'port' ? value > 0 && value < 65536 : !Number.isNaN(value);
  if (!right) problems.push(`${name}=${text} is not ${name === 'port' ? 'a port' : 'a number of seconds'}`);
  return right ? value : fallback;
}

// Debian's libpq looks in /var/run/postgresql, others in /tmp.
function getDefaultHost(port: number): string {
  const directories = ['/var/run/postgresql', '/tmp'];
  return directories.find((directory) => existsSync(`${directory}/.s.PGSQL.${port}`)) ?? 'localhost';
}

function getSystemUser(env: ConnectionInput['env']): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user without an entry in /etc/passwd.
    return env['USER'] ?? env['LOGNAME'] ?? 'postgres';
  }
}
