import type { Check } from './check.js';
import type { Env } from './environment.js';
import { type PlanOptions, type ResolvedPlanOptions, resolvePlan } from './plan.js';

/** What to report on. With a target also which services use which tables, by its ledger. */
export interface ReportOptions extends PlanOptions {
  /** An earlier lock file of the same history, to show what changed since. Default: none. */
  against?: string;
  /** Reads the target's ledger; false asks no database, whatever the environment names. Default: true. */
  usage?: boolean;
}

/** `ReportOptions` with every default filled in; `url`, `embedded` and `cluster` null: no ledger is read. */
export interface ResolvedReportOptions extends ResolvedPlanOptions {
  readonly against: string | null;
  readonly usage: boolean;
}

/** Reads what to report on; what is wrong is left with `check`. */
export function resolveReport(check: Check<keyof ReportOptions>, env: Env): ResolvedReportOptions {
  return { ...resolvePlan(check, env), against: check.text('against'), usage: check.flag('usage', true) };
}
