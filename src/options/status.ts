import type { Check } from './check.js';
import { type DatabaseOptions, type ResolvedDatabase, resolveDatabase } from './database.js';
import type { Env } from './environment.js';
import { type PlanOptions, type ResolvedPlanOptions, resolvePlan } from './plan.js';
import { ensureTarget } from './target.js';

/** Which database to tell of; with `migrations` also how the folder and the ledger differ. */
export interface StatusOptions extends Omit<PlanOptions, 'migrations'> {
  /** The migration folder, or a single SQL file; or several locations. Default: none. */
  migrations?: string | readonly string[];
}

/** `StatusOptions` with every default filled in; exactly one target is set. */
export interface ResolvedStatusOptions extends ResolvedDatabase {
  /** Null where no migration folder is given. */
  readonly plan: ResolvedPlanOptions | null;
}

/** Reads what to tell; what is wrong is left with `check`. */
export function resolveStatus(check: Check<keyof PlanOptions>, env: Env): ResolvedStatusOptions {
  const plan = check.isGiven('migrations') ? resolvePlan(check, env) : null;
  const { url, embedded, cluster, timeout, ledger } = plan ?? resolveDatabase(check, env);
  ensureTarget(check, { url, embedded, cluster });
  return { url, embedded, cluster, timeout, ledger, plan };
}

/** Whose lock to look at, and whether to end its holder. */
export interface UnlockOptions extends DatabaseOptions {
  /** Ends the holder's session; without, it is only told. Default: false. */
  yes?: boolean;
  /** Only if this process holds the lock. Default: whichever does. */
  pid?: number | string;
}

/** `UnlockOptions` with every default filled in; exactly one target is set. */
export interface ResolvedUnlockOptions extends ResolvedDatabase {
  readonly yes: boolean;
  readonly pid: number | null;
}

/** Reads what to unlock; what is wrong is left with `check`. */
export function resolveUnlock(check: Check<keyof UnlockOptions>, env: Env): ResolvedUnlockOptions {
  const options = resolveDatabase(check, env);
  ensureTarget(check, options);
  const given = check.value('pid');
  const pid = given === undefined ? null : Number(given);
  if (pid !== null && !(Number.isInteger(pid) && pid > 0)) check.wrong('pid', 'the number of a process');
  return { ...options, yes: check.flag('yes'), pid };
}
