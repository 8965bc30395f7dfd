import type { Check } from './check.js';
import { type ClusterOptions, type ResolvedClusterTarget, resolveCluster } from './cluster.js';
import { type Env, readVariable } from './environment.js';
import { URL_SHAPE } from './shapes.js';

/** Which PostgreSQL is meant; one at most is set. */
export interface ResolvedTarget {
  /** `''`: the PG* variables. */
  readonly url: string | null;
  readonly embedded: string | null;
  readonly cluster: ResolvedClusterTarget | null;
}

const TARGET_VARIABLES = ['PGHOST', 'PGDATABASE', 'PGPORT'];

/** Leaves a problem with `check` where no PostgreSQL is meant. */
export function ensureTarget(
  check: Check<'url' | 'embedded'>,
  { url, embedded, cluster }: ResolvedTarget,
): void {
  if (url !== null || embedded !== null || cluster !== null || check.isGiven('url', 'embedded')) return;
  check.problems.push(
    'no target: give --url URL, --namespace NAME or --embedded DIR, or set DATABASE_URL or PGHOST',
  );
}

/** Reads which PostgreSQL is meant; all null where none is. */
export function resolveTarget(
  check: Check<'url' | 'embedded' | keyof ClusterOptions>,
  env: Env,
): ResolvedTarget {
  const embedded = check.text('embedded');
  const url = check.value('url') === '' ? '' : check.matching('url', URL_SHAPE);
  const cluster = resolveCluster(check);
  if ([url, embedded, cluster].filter((target) => target !== null).length > 1)
    check.problems.push('one target only: --url, --embedded or --namespace, not several of them');
  if (check.isGiven('url', 'embedded') || cluster !== null) return { url, embedded, cluster };
  const fallback = readVariable(env, 'DATABASE_URL');
  if (fallback !== undefined) {
    return { url: check.matching('url', URL_SHAPE, fallback, 'DATABASE_URL'), embedded: null, cluster };
  }
  return {
    url: TARGET_VARIABLES.some((name) => readVariable(env, name)) ? '' : null,
    embedded: null,
    cluster,
  };
}
