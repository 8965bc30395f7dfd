import { access, readFile } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PlinthError } from '../errors.js';
import { KubeConfig } from './kubernetes-client.js';

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
  const { config, source } = await load(options.kubeconfig, env);
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
  if (config.getCurrentUser() === null) {
    throw invalid(source, `context ${context} names a user that the file does not have`);
  }
  let known: Promise<Authorization> | null = null;
  return {
    server: cluster.server,
    context,
    namespace: config.getContextObject(context)?.namespace ?? null,
    source,
    authorize: (fresh = false) => {
      if (fresh) known = null;
      known ??= authorize(config, source);
      return known;
    },
  };
}

async function load(given: string | null, env: NodeJS.ProcessEnv) {
  const named = given ?? (env['KUBECONFIG'] || null);
  const home = join(env['HOME'] || homedir(), '.kube', 'config');
  const files = (named ?? home).split(delimiter).filter((file) => file !== '');
  const configs: KubeConfig[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      // kubectl passes over what KUBECONFIG names and is not there, too.
      if (error.code !== 'ENOENT') throw invalid(file, error.message, error);
      missing.push(file);
      return null;
    });
    if (text !== null) configs.push(parse(file, text));
  }
  if (configs.length > 0) return { config: merge(configs), source: files.join(delimiter) };
  if (named === null && env['KUBERNETES_SERVICE_HOST'] && (await isThere(SERVICE_ACCOUNT_TOKEN))) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return { config, source: 'in-cluster' };
  }
  throw new PlinthError('KUBECONFIG_MISSING', {
    files: missing,
    from: given !== null ? 'option' : named !== null ? 'KUBECONFIG' : 'default',
  });
}

function parse(file: string, text: string): KubeConfig {
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
  return config;
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

async function authorize(config: KubeConfig, source: string): Promise<Authorization> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
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

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const invalid = (file: string, reason: string, cause?: unknown): PlinthError =>
  new PlinthError('KUBECONFIG_INVALID', { file, reason }, cause === undefined ? {} : { cause });
