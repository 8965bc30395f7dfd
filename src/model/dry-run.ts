import type { Finding } from './finding.js';
import type { Plan } from './plan.js';
import type { LockStatus } from './status.js';

/** What a run would meet, as far as a transaction that only reads can tell. */
export interface DryRun<Problem> {
  readonly target: string;
  /** `blocked`: it would end with the first of the problems. */
  readonly outcome: 'would-apply' | 'nothing-to-do' | 'blocked';
  /** Null where there is nothing to do, or where the first problem keeps it from being made. */
  readonly plan: Plan | null;
  /** Tables that it would adopt. */
  readonly adopted: readonly string[];
  /** What would stop the run, in the order in which it would meet it. */
  readonly problems: readonly Problem[];
  /** What it would tell. */
  readonly findings: readonly Finding[];
  /** Who holds the lock now, for whom it would wait; null where it would not need the lock. */
  readonly lock: LockStatus | null;
}
