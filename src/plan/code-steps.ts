import type { History } from '../model/history.js';
import type { PlannedCodeStep, PlannedMigration } from '../model/plan.js';

/** What the stretch of a plan is found by. */
export interface Stretch {
  /** Those that are to run, in order. */
  readonly migrations: readonly PlannedMigration[];
  /** Whether the ledger has statements of a migration that the plan is about. */
  isApplied(migration: number): boolean;
  /** True where tables were chosen. */
  readonly isSlice: boolean;
}

/**
 * The steps in code that stand in the stretch of the history that a plan covers: from the last applied migration before
 * it, else from the plan's first one (of a whole history from its beginning), to the end. None where nothing is to run.
 */
export function getPlannedCodeSteps(history: History, stretch: Stretch): PlannedCodeStep[] {
  const first = stretch.migrations.find(({ steps }) => steps.length > 0)?.ordinal;
  if (first === undefined) return [];
  let last = first - 1;
  while (last >= 0 && !stretch.isApplied(last)) last -= 1;
  const from = last < 0 && stretch.isSlice ? first : last;
  return history.codeSteps
    .filter(({ before }) => before > from)
    .map(({ name, before }) => ({ name, before, beforeName: history.migrations[before]?.name ?? null }));
}
