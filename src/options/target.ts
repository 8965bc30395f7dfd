import type { Check } from './check.js';
import { type Env, readVariable } from './environment.js';
import { URL_SHAPE } from './shapes.js';

/** Which PostgreSQL is meant; one at most is set. */
export interface ResolvedTarget {
  /** `''`: the PG* variables. */
  readonly url: string | null;
  readonly embedded: string | null;
}

const TARGET_VARIABLES = ['PGHOST', 'PGDATABASE', 'PGPORT'];

/** Reads which PostgreSQL is meant; both null where none is. */
export function resolveTarget(check: Check<'url' | 'embedded'>, env: Env): ResolvedTarget {
  const embedded = check.text('embedded');
  const url = check.value('url') === '' ? '' : check.matching('url', URL_SHAPE);
  if (url !== null && embedded !== null)
    check.problems.push('one target only: --url or --embedded, not both');
  if (check.isGiven('url', 'embedded')) return { url, embedded };
  const fallback = readVariable(env, 'DATABASE_URL');
  if (fallback !== undefined) {
    return { url: check.matching('url', URL_SHAPE, fallback, 'DATABASE_URL'), embedded: null };
  }
  return { url: TARGET_VARIABLES.some((name) => readVariable(env, name)) ? '' : null, embedded: null };
}
