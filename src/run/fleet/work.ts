import { createApi } from '../../cluster/api.js';
import { readSecretKey } from '../../cluster/credentials.js';
import {
  createResultsObject,
  readShardResults,
  readShardTargets,
  type ShardObject,
} from '../../cluster/fleet/shard.js';
import { type ClusterObject, getObjectAsk } from '../../cluster/kinds.js';
import { readKubeConfig } from '../../cluster/kube-config.js';
import { createObstacleError } from '../../diagnose/obstacle.js';
import { getCredentialObstacle, getRequestObstacle } from '../../diagnose/request.js';
import { isPlinthError } from '../../errors.js';
import type { FleetTarget, SecretKey, TargetResult } from '../../model/fleet.js';
import type { RunResult } from '../../model/result.js';
import { type ApplyOptions, resolveApplyOptions } from '../../options.js';
import { getTargetError } from '../../report/fleet-text.js';
import { applyHistory } from '../applying.js';
import { createPlanner, type Planner } from '../planning.js';
import { prepare } from '../prepare.js';
import type { Context, Prepared } from '../prepared.js';
import { withObstacle } from '../workload.js';

/** What a pod of a fleet's Job is to do. */
export interface FleetWork extends Omit<ApplyOptions, 'url' | 'embedded'> {
  readonly namespace: string;
  /** The ConfigMap with its databases. */
  readonly shard: string;
  /** With one more failure than this the rest is left. Default: all may fail. */
  readonly maxFailures?: number;
}

// Soon at first, for who watches; later less often, as each time the whole ConfigMap is stored anew.
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 10_000;
const SLOWER = 1.5;
// For a server that did not answer an earlier database of this pod in all of its time.
const SHORT_MS = 2_000;
const MANAGER = '?fieldManager=plinth-fleet&force=true';

/**
 * Goes through the databases of one pod, one after another, and writes what became of each into their ConfigMap as it goes. What is
 * there already is left; stopped, it rolls back what it is at, and leaves the rest.
 *
 * @throws PlinthError where it cannot begin, or cannot write
 */
export async function workShard(
  { namespace, shard, maxFailures = Number.POSITIVE_INFINITY, ...options }: FleetWork,
  context: Context & { readonly onResult?: (result: TargetResult) => void },
): Promise<readonly TargetResult[]> {
  const { signal, onResult } = context;
  const api = createApi(await readKubeConfig({ kubeconfig: null, context: null }));
  const object: ClusterObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: shard, namespace } };
  const found = await withObstacle(api, api.read<ShardObject>(getObjectAsk('get', object), signal));
  const results = [...readShardResults(found)];
  const done = new Set(results.map(({ target }) => target));
  const left = readShardTargets(found).filter(({ name }) => !done.has(name));

  const secrets = new Map<string, Promise<string>>();
  const readSecret = (place: string, { key, name }: SecretKey): Promise<string> => {
    const id = `${place}/${name}/${key}`;
    const value =
      secrets.get(id) ?? readSecretKey(api, place, name, key, signal).then((secret) => secret.value);
    secrets.set(id, value);
    return value.catch((error: unknown) => {
      const obstacle = getCredentialObstacle(error, place) ?? getRequestObstacle(error, api.access);
      throw obstacle === null ? error : createObstacleError([obstacle], error);
    });
  };
  const apply = createApply(options, signal === undefined ? {} : { signal });
  let pause = PAUSE_MS;
  let nextAt = performance.now() + pause;
  const write = async (): Promise<void> => {
    pause = Math.min(pause * SLOWER, MAX_PAUSE_MS);
    nextAt = performance.now() + pause;
    const body = createResultsObject(namespace, shard, results);
    // Also for what was done when it was stopped.
    await withObstacle(api, api.apply(getObjectAsk('patch', body, MANAGER), body));
  };

  for (const target of left) {
    if (signal?.aborted === true) break;
    if (results.filter(({ outcome }) => outcome === 'failed').length > maxFailures) break;
    const result = await runTarget(target, readSecret, apply, signal);
    if (result === null) break;
    results.push(result);
    onResult?.(result);
    if (performance.now() > nextAt) await write();
  }
  await write();
  return results;
}

type Apply = (url: string) => Promise<RunResult>;

// The folder is read, and a plan is made ready, once for all.
function createApply(options: Omit<ApplyOptions, 'url' | 'embedded'>, context: Context): Apply {
  let prepared: Promise<Prepared> | null = null;
  let planner: Promise<Planner> | null = null;
  const silent = new Set<string>();
  return async (url) => {
    const server = /@([^/?]+)/.exec(url)?.[1] ?? url;
    const all = resolveApplyOptions({ ...options, url }, {});
    const resolved = silent.has(server) ? { ...all, timeout: Math.min(all.timeout, SHORT_MS) } : all;
    prepared ??= prepare(resolved, context);
    const shared = await prepared;
    try {
      return await applyHistory(prepared, resolved, context, () => {
        planner ??= createPlanner(shared, resolved);
        return planner;
      });
    } catch (error) {
      if (isPlinthError(error) && error.code === 'POSTGRES_NOT_READY') silent.add(server);
      throw error;
    }
  };
}

/** What became of one database; null where it was stopped. */
async function runTarget(
  target: FleetTarget,
  readSecret: (place: string, secret: SecretKey) => Promise<string>,
  apply: Apply,
  signal: AbortSignal | undefined,
): Promise<TargetResult | null> {
  const start = performance.now();
  const end = (rest: Pick<TargetResult, 'outcome' | 'statements' | 'error'>): TargetResult => ({
    target: target.name,
    ...rest,
    elapsedMs: Math.round(performance.now() - start),
  });
  const count = (result: RunResult | undefined): number =>
    result?.steps.filter(({ status }) => status === 'applied').length ?? 0;
  try {
    const result = await apply(await getUrl(target, readSecret));
    return end({
      outcome: result.outcome === 'nothing-to-do' ? 'already' : 'applied',
      statements: count(result),
      error: null,
    });
  } catch (error) {
    if (signal?.aborted === true) return null;
    const statements = count(isPlinthError(error) ? error.result : undefined);
    return end({ outcome: 'failed', statements, error: getTargetError(error) });
  }
}

async function getUrl(
  target: FleetTarget,
  readSecret: (place: string, secret: SecretKey) => Promise<string>,
): Promise<string> {
  if ('url' in target) return (await readSecret(target.namespace, target.url)).trim();
  const { database, namespace, password, port, service, user } = target;
  const secret = await readSecret(namespace, password);
  const [name, word, path] = [user, secret, database].map(encodeURIComponent);
  return `postgresql://${name}:${word}@${service}.${namespace}.svc:${port}/${path}`;
}
