import type { LedgerState } from '../model/ledger.js';
import type { PlannedMigration, Step } from '../model/plan.js';
import { renderRecordedSql } from '../model/recorded.js';
import {
  getForgetStatementsSql,
  getRecordStatementsSql,
  type RecordScope,
  type StatementRow,
} from '../postgres/record-queries.js';

/** The statements that write the rows of steps, and those into another tool's table, to go into a transaction; none where no step has a row. */
export function getLedgerStatements(
  scope: RecordScope,
  steps: readonly (readonly [Step, LedgerState])[],
  elided: readonly Step[],
  outdated: Outdated | null = null,
  tool: readonly string[] = [],
): readonly string[] {
  const rows = [...steps, ...elided.map((step) => [step, 'elided'] as const)]
    .filter(([step]) => !step.session)
    .map(([step, state]) => createRow(step, state));
  if (rows.length === 0 && outdated === null && tool.length === 0) return [];
  // The migration may have taken another role, which may not write here. LOCAL, because later steps may count on it.
  return [
    'set local session authorization default',
    'set local role none',
    ...(rows.length === 0 ? [] : [getRecordStatementsSql(scope, rows)]),
    ...(outdated === null ? [] : [getForgetStatementsSql(scope, outdated)]),
    ...tool,
  ];
}

/** Rows of a repeatable migration that its last transaction takes away. */
interface Outdated {
  readonly migration: string;
  readonly indexes: readonly number[];
}

/** What the end of a migration takes away from the ledger; null before its end, and where there is nothing. */
export function getOutdated({ id, outdated = [] }: PlannedMigration, last: boolean): Outdated | null {
  return last && outdated.length > 0 ? { migration: id, indexes: outdated } : null;
}

/** What the ledger keeps of a step. */
export function createRow(step: Step, state: LedgerState): StatementRow {
  const { migrationId: migration, index, digest } = step;
  return { migration, index, digest, state, sql: renderRecordedSql(step) };
}
