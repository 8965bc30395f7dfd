import type { Api, Ask } from '../cluster/api.js';
import { type Found, readPodCredentials, readSecretKey } from '../cluster/credentials.js';
import type { Endpoint } from '../cluster/endpoints.js';
import type { Wanted } from '../cluster/surroundings.js';
import { createObstacleError } from '../diagnose/obstacle.js';
import { getCredentialObstacle, getRequestObstacle } from '../diagnose/request.js';
import type { ResolvedClusterTarget } from '../options.js';
import type { ConnectionConfig } from '../postgres/config.js';
import { resolveConnection } from '../postgres/connection.js';
import type { Context } from './prepared.js';

export interface ConfigRequest {
  readonly options: ResolvedClusterTarget;
  readonly wanted: Wanted;
  /** What messages call the server. */
  readonly label: string;
  readonly env: NodeJS.ProcessEnv;
  readonly context: Context;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds who connects to what: options and Secret, PG* variables, the password file, the pod's own spec, in this order;
 * tells where each was found.
 */
export async function readClusterConfig(
  api: Api,
  endpoint: Endpoint,
  request: ConfigRequest,
): Promise<ConnectionConfig> {
  try {
    return await readConfig(withMemory(api), endpoint, request);
  } catch (error) {
    const { namespace } = request.wanted;
    const obstacle = getCredentialObstacle(error, namespace) ?? getRequestObstacle(error, api.access);
    throw obstacle === null ? error : createObstacleError([obstacle], error);
  }
}

// User, database and password are often in one Secret.
function withMemory(api: Api): Api {
  const answers = new Map<string, Promise<unknown>>();
  return {
    ...api,
    read<T>(ask: Ask, signal?: AbortSignal) {
      const answer = answers.get(ask.path) ?? api.read<T>(ask, signal);
      answers.set(ask.path, answer);
      return answer as Promise<T>;
    },
  };
}

async function readConfig(
  api: Api,
  endpoint: Endpoint,
  { context, env, label, options, signal, wanted }: ConfigRequest,
): Promise<ConnectionConfig> {
  const { namespace } = wanted;
  const { passwordSecret: secret } = options;
  const given = {
    user: getGiven(options.user, env, 'PGUSER'),
    database: getGiven(options.database, env, 'PGDATABASE'),
    password:
      secret === null
        ? getGiven(options.password, env, 'PGPASSWORD')
        : await readSecretKey(api, namespace, secret.name, secret.key, signal),
  };
  const missing = (['user', 'database'] as const).filter((what) => given[what] === null);
  const own = await readPodCredentials(api, endpoint, missing, signal);
  const user = given.user ?? own.user ?? { value: 'postgres', from: 'default' };
  // The official image makes a database of the user's name.
  const database = given.database ?? own.database ?? { value: user.value, from: 'default' };
  const host = wanted.service === null ? endpoint.pod.metadata.name : `${wanted.service}.${namespace}`;
  const params = { host, port: endpoint.port, user: user.value, dbname: database.value };
  const resolve = (password: Found | null): Promise<ConnectionConfig> =>
    resolveConnection({
      url: renderParams(params),
      env: { ...env, PGHOSTADDR: undefined, PGPASSWORD: password?.value },
    });

  let { password } = given;
  let config = await resolve(password);
  if (config.password === null) {
    ({ password } = await readPodCredentials(api, endpoint, ['password'], signal));
    if (password !== null) config = await resolve(password);
  }
  context.onEvent?.({
    type: 'credentials',
    user,
    database,
    password: password?.from ?? (config.password === null ? null : 'password file'),
  });
  return withLabel(config, `${config.user}@${label}/${config.database}`);
}

// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
function renderParams(params: Readonly<Record<string, string | number>>): string {
  const quoted = Object.entries(params).map(
    ([name, value]) => `${name}='${String(value).replace(/[\\']/g, '\\$&')}'`,
  );
  return quoted.join(' ');
}

function getGiven(value: string | null, env: NodeJS.ProcessEnv, variable: string): Found | null {
  if (value !== null) return { value, from: 'option' };
  const set = env[variable];
  return set ? { value: set, from: variable } : null;
}

function withLabel(config: ConnectionConfig, label: string): ConnectionConfig {
  const relabelled = { ...config, label };
  Object.defineProperty(relabelled, 'password', { value: config.password, enumerable: false });
  Object.defineProperty(relabelled, 'tls', { value: config.tls, enumerable: true });
  return Object.freeze(relabelled);
}
