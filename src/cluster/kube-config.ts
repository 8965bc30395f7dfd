import { existsSync, readFileSync } from 'node:fs';
import type { Agent, RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { PlinthError } from '../errors.js';
import { KubeConfig, loadYaml } from './kubernetes-client.js';

/** What a request to the API server carries: TLS, headers and the agent that holds its connections. */
export type Authorization = RequestOptions & { readonly agent: Agent };

/** One context of a kubeconfig, or the service account of the pod that this runs in. */
export interface ClusterAccess {
  /** The API server's URL. */
  readonly server: string;
  readonly context: string;
  /** The context's own namespace. */
  readonly namespace: string | null;
  /** The files, or `in-cluster`. */
  readonly source: string;
  /** Asks for credentials (exec plugin, OIDC, token file); `fresh` forgets those that were refused. */
  authorize(fresh?: boolean): Promise<Authorization>;
}

export interface KubeConfigOptions {
  /** A file, or several joined as in KUBECONFIG; null: KUBECONFIG, `~/.kube/config`, the pod's service account. */
  readonly kubeconfig: string | null;
  /** Null: the current one. */
  readonly context: string | null;
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Reads the kubeconfig as kubectl does: the first file that names something wins.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 *
 * @throws PlinthError KUBECONFIG_MISSING, KUBECONFIG_INVALID, CONTEXT_UNKNOWN
 */
export async function readKubeConfig(
  options: KubeConfigOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ClusterAccess> {
  const { open, source, tokenFiles } = load(options.kubeconfig, env);
  const config = open();
  const names = config.getContexts().map(({ name }) => name);
  const context = options.context ?? config.getCurrentContext() ?? '';
  if (!names.includes(context)) {
    throw new PlinthError('CONTEXT_UNKNOWN', { context, contexts: names, source });
  }
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw invalid(source, `context ${context} names a cluster that the file does not have`);
  }
  const user = config.getCurrentUser();
  if (user === null) {
    throw invalid(source, `context ${context} names a user that the file does not have`);
  }
  let known: Promise<Authorization> | null = null;
  return {
    server: cluster.server,
    context,
    namespace: config.getContextObject(context)?.namespace ?? null,
    source,
    authorize: (fresh = false) => {
      if (fresh || known === null) {
        // The client's plugins keep what they were given, for as long as it says that it is good.
        const current = open();
        current.setCurrentContext(context);
        known = authorize(current, source, tokenFiles.get(user.name) ?? null);
      }
      return known;
    },
  };
}

interface Loaded {
  /** Anew each time, with nothing remembered. */
  readonly open: () => KubeConfig;
  readonly source: string;
  /** By user; the client does not know them. */
  readonly tokenFiles: ReadonlyMap<string, string | null>;
}

function load(given: string | null, env: NodeJS.ProcessEnv): Loaded {
  const named = given ?? (env['KUBECONFIG'] || null);
  const home = join(env['HOME'] || homedir(), '.kube', 'config');
  const files = (named ?? home).split(delimiter).filter((file) => file !== '');
  const parsed: Parsed[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const text = readText(file);
    if (text === null) missing.push(file);
    else parsed.push(parse(file, text));
  }
  if (parsed.length > 0) {
    const configs = parsed.map(({ config }) => config);
    // The first file that names a user wins.
    const tokenFiles = new Map(parsed.flatMap((one) => one.tokenFiles).reverse());
    return { open: () => merge(configs), source: files.join(delimiter), tokenFiles };
  }
  if (named === null && env['KUBERNETES_SERVICE_HOST'] && existsSync(SERVICE_ACCOUNT_TOKEN)) {
    const open = (): KubeConfig => {
      const config = new KubeConfig();
      config.loadFromCluster();
      return config;
    };
    return { open, source: 'in-cluster', tokenFiles: new Map() };
  }
  throw new PlinthError('KUBECONFIG_MISSING', {
    files: missing,
    from: given !== null ? 'option' : named !== null ? 'KUBECONFIG' : 'default',
  });
}

// kubectl passes over what KUBECONFIG names and is not there, too.
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw invalid(file, (error as Error).message, error);
  }
}

interface Parsed {
  readonly config: KubeConfig;
  /** Of every user; null where it has none. */
  readonly tokenFiles: readonly (readonly [user: string, file: string | null])[];
}

function parse(file: string, text: string): Parsed {
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch (error) {
    // The YAML parser shows the lines around a mistake, which may hold a token.
    const [reason = ''] = (error as Error).message.split('\n');
    throw invalid(file, reason.replace(/Cannot (read properties of|convert) .*/, 'it is empty'));
  }
  config.makePathsAbsolute(dirname(file));
  for (const user of config.getUsers()) {
    const command: unknown = user.exec?.command;
    // As kubectl: a command with a slash in it is relative to its file.
    if (typeof command === 'string' && /^[^/].*\//.test(command))
      user.exec.command = join(dirname(file), command);
  }
  // Read a second time only where there is one of them.
  const { users } = (/\btokenFile\b/.test(text) ? loadYaml(text) : {}) as {
    readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: string } }[];
  };
  const files = new Map((users ?? []).map(({ name, user }) => [name, user?.tokenFile] as const).reverse());
  const tokenFiles = config.getUsers().map(({ name }) => {
    const given = files.get(name);
    return [name, given ? resolve(dirname(file), given) : null] as const;
  });
  return { config, tokenFiles };
}

function merge(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  const first = <T extends { readonly name: string }>(lists: readonly (readonly T[])[]): T[] => [
    ...new Map(
      lists
        .flat()
        .reverse()
        .map((entry) => [entry.name, entry]),
    ).values(),
  ];
  merged.loadFromOptions({
    clusters: first(configs.map((config) => config.getClusters())),
    users: first(configs.map((config) => config.getUsers())),
    contexts: first(configs.map((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find(Boolean),
  });
  return merged;
}

async function authorize(
  config: KubeConfig,
  source: string,
  tokenFile: string | null,
): Promise<Authorization> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
    if (tokenFile !== null) {
      const token = readFileSync(tokenFile, 'utf8').trim();
      options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
    }
  } catch (error) {
    const user = config.getCurrentUser()?.name ?? '';
    const reason = (error as Error).message.trim();
    throw new PlinthError('CLUSTER_CREDENTIALS_FAILED', { user, source, reason }, { cause: error });
  }
  const agent = options.agent as Agent & { keepAlive: boolean };
  // One handshake for the requests and the tunnel.
  agent.keepAlive = true;
  return { ...options, agent };
}

const invalid = (file: string, reason: string, cause?: unknown): PlinthError =>
  new PlinthError('KUBECONFIG_INVALID', { file, reason }, cause === undefined ? {} : { cause });
