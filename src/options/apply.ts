import type { Check } from './check.js';
import { type Env, readVariable } from './environment.js';
import { type PlanOptions, type ResolvedPlanOptions, resolvePlan } from './plan.js';
import { SERVICE } from './shapes.js';
import { ensureTarget } from './target.js';

/** What to apply, and for whom. */
export interface ApplyOptions extends PlanOptions {
  /** Who asks, as other deployers see it. Default: `PLINTH_SERVICE`, else `default`. */
  service?: string;
  /** What to do about roles that the target lacks. Default: `fail`. */
  missingRoles?: 'fail' | 'create' | 'skip';
  /** Runs the prelude in the target first. Default: false. */
  withPrelude?: boolean;
  /**
   * SQL that runs at the end of every call, in one transaction, also where nothing was to be done: what is to hold at all
   * times, such as a partition for now. It must do nothing where that is so. Default: none.
   */
  afterwards?: string;
  /** Compares the catalogue with what the history leaves, where something ran. Default: true. */
  verify?: boolean;
}

/** `ApplyOptions` with every default filled in; exactly one of `url`, `embedded` and `cluster` is set. */
export interface ResolvedApplyOptions extends ResolvedPlanOptions {
  readonly service: string;
  readonly missingRoles: 'fail' | 'create' | 'skip';
  readonly withPrelude: boolean;
  readonly afterwards: string | null;
  readonly verify: boolean;
}

/** What to adopt, and whether to do so. */
export interface AdoptOptions extends ApplyOptions {
  /** Takes what is equal into the ledger; without, it is only told. Default: false. */
  yes?: boolean;
}

/** `AdoptOptions` with every default filled in. */
export interface ResolvedAdoptOptions extends ResolvedApplyOptions {
  readonly yes: boolean;
}

/** Reads what adopts; what is wrong is left with `check`. */
export function resolveAdopt(check: Check<keyof AdoptOptions>, env: Env): ResolvedAdoptOptions {
  return { ...resolveApply(check, env), yes: check.flag('yes') };
}

/** Reads what applies, for which a target is needed; what is wrong is left with `check`. */
export function resolveApply(check: Check<keyof ApplyOptions>, env: Env): ResolvedApplyOptions {
  const options = resolvePlan(check, env);
  ensureTarget(check, options);
  return {
    ...options,
    service:
      check.matching('service', SERVICE, readVariable(env, 'PLINTH_SERVICE'), 'PLINTH_SERVICE') ?? 'default',
    missingRoles: check.oneOf('missingRoles', ['fail', 'create', 'skip'] as const) ?? 'fail',
    withPrelude: check.flag('withPrelude'),
    afterwards: check.text('afterwards'),
    verify: check.flag('verify', true),
  };
}
