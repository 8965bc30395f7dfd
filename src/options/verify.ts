import type { Check } from './check.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { type PlanOptions, type ResolvedPlanOptions, resolvePlan } from './plan.js';
import { DURATION } from './shapes.js';
import { ensureTarget } from './target.js';

/** What to compare, and for how long. */
export interface VerifyOptions extends PlanOptions {
  /** Compares again and again for this time, in milliseconds or as `10m`. Default: once. */
  for?: number | string;
  /** The pause between two comparisons, in milliseconds or as `5s`. Default: 5000. */
  every?: number | string;
}

/** `VerifyOptions` with every default filled in; exactly one of `url` and `embedded` is set. */
export interface ResolvedVerifyOptions extends ResolvedPlanOptions {
  /** Milliseconds; null: once. */
  readonly for: number | null;
  /** Milliseconds. */
  readonly every: number;
}

const DEFAULT_EVERY_MS = 5_000;

/** Reads what verifies, for which a target is needed; what is wrong is left with `check`. */
export function resolveVerify(check: Check<keyof VerifyOptions>, env: Env): ResolvedVerifyOptions {
  const options = resolvePlan(check, env);
  ensureTarget(check, options);
  const read = (key: 'for' | 'every'): number | null => {
    const value = check.value(key);
    if (value === undefined) return null;
    return parseDuration(value) ?? check.wrong(key, DURATION[1]);
  };
  return { ...options, for: read('for'), every: read('every') ?? DEFAULT_EVERY_MS };
}
