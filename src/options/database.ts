import type { Check } from './check.js';
import type { ClusterOptions } from './cluster.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { DURATION, IDENTIFIER } from './shapes.js';
import { type ResolvedTarget, resolveTarget } from './target.js';

/** Which database to look at, and for how long. */
export interface DatabaseOptions extends ClusterOptions {
  /** URL of the target; `''` takes the PG* variables. Default: `DATABASE_URL`, else the PG* variables where any names a server. */
  url?: string;
  /** Folder of an embedded PostgreSQL as the target. Default: none. */
  embedded?: string;
  /** Time for everything, in milliseconds or as `30s`. Default: 30000. */
  timeout?: number | string;
  /** Schema of the ledger. Default: `plinth`. */
  ledger?: string;
}

/** `DatabaseOptions` with every default filled in. */
export interface ResolvedDatabase extends ResolvedTarget {
  /** Milliseconds. */
  readonly timeout: number;
  readonly ledger: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Reads which database is meant; what is wrong is left with `check`. */
export function resolveDatabase(check: Check<keyof DatabaseOptions>, env: Env): ResolvedDatabase {
  const timeout = check.value('timeout');
  const budget = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeout);
  if (budget === null) check.wrong('timeout', DURATION[1]);
  return {
    ...resolveTarget(check, env),
    timeout: budget ?? DEFAULT_TIMEOUT_MS,
    ledger: check.matching('ledger', IDENTIFIER) ?? 'plinth',
  };
}
