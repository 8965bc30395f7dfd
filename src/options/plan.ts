import type { Check } from './check.js';
import { type DatabaseOptions, type ResolvedDatabase, resolveDatabase } from './database.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';

/** What to plan for. Without a target the plan is for an empty database. */
export interface PlanOptions extends HistoryOptions, DatabaseOptions {
  /** Accepts statements that changed after being applied, without running them. Default: false. */
  allowChanged?: boolean;
  /** Runs migrations that were inserted below the newest one. Default: false. */
  allowOutOfOrder?: boolean;
}

/** `PlanOptions` with every default filled in; `url`, `embedded` and `cluster` null: an empty database. */
export interface ResolvedPlanOptions extends ResolvedHistoryOptions, ResolvedDatabase {
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
}

/** Reads what plans; what is wrong is left with `check`. */
export function resolvePlan(check: Check<keyof PlanOptions>, env: Env): ResolvedPlanOptions {
  return {
    ...resolveHistory(check, env),
    ...resolveDatabase(check, env),
    allowChanged: check.flag('allowChanged'),
    allowOutOfOrder: check.flag('allowOutOfOrder'),
  };
}
