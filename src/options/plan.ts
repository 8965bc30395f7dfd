import type { Check } from './check.js';
import type { ClusterOptions } from './cluster.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';
import { DURATION, IDENTIFIER } from './shapes.js';
import { type ResolvedTarget, resolveTarget } from './target.js';

/** What to plan for. Without a target the plan is for an empty database. */
export interface PlanOptions extends HistoryOptions, ClusterOptions {
  /** URL of the target; `''` takes the PG* variables. Default: `DATABASE_URL`, else the PG* variables where any names a server. */
  url?: string;
  /** Folder of an embedded PostgreSQL as the target. Default: none. */
  embedded?: string;
  /** Time for everything, in milliseconds or as `30s`. Default: 30000. */
  timeout?: number | string;
  /** Schema of the ledger. Default: `plinth`. */
  ledger?: string;
  /** Accepts statements that changed after being applied, without running them. Default: false. */
  allowChanged?: boolean;
  /** Runs migrations that were inserted below the newest one. Default: false. */
  allowOutOfOrder?: boolean;
}

/** `PlanOptions` with every default filled in; `url`, `embedded` and `cluster` null: an empty database. */
export interface ResolvedPlanOptions extends ResolvedHistoryOptions, ResolvedTarget {
  /** Milliseconds. */
  readonly timeout: number;
  readonly ledger: string;
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Reads what plans; what is wrong is left with `check`. */
export function resolvePlan(check: Check<keyof PlanOptions>, env: Env): ResolvedPlanOptions {
  const timeout = check.value('timeout');
  const budget = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeout);
  if (budget === null) check.wrong('timeout', DURATION[1]);
  return {
    ...resolveHistory(check, env),
    ...resolveTarget(check, env),
    timeout: budget ?? DEFAULT_TIMEOUT_MS,
    ledger: check.matching('ledger', IDENTIFIER) ?? 'plinth',
    allowChanged: check.flag('allowChanged'),
    allowOutOfOrder: check.flag('allowOutOfOrder'),
  };
}
