import type { Step } from '../model/plan.js';

/** What is committed together. */
export type Unit =
  | { readonly type: 'transaction'; readonly steps: readonly Step[] }
  | { readonly type: 'outside'; readonly step: Step };

/** Cuts the first unit off the steps of a migration that are still to run. */
export function getNextUnit(
  pending: readonly Step[],
  rule: 'each' | 'none',
  isOutside: (step: Step) => boolean,
): Unit {
  const first = pending[0]!;
  if (isOutside(first)) return { type: 'outside', step: first };
  return { type: 'transaction', steps: pending.slice(0, getLength(pending, rule, isOutside)) };
}

function getLength(
  pending: readonly Step[],
  rule: 'each' | 'none',
  isOutside: (step: Step) => boolean,
): number {
  const outside = pending.findIndex(isOutside);
  const most = outside < 0 ? pending.length : outside;
  if (rule === 'each') return most;
  // A file that runs outside of a transaction may open one of its own.
  if (getBoundary(pending[0]!) !== 'begin') return 1;
  const end = pending.findIndex((step) => getBoundary(step) === 'end');
  return Math.min(end < 0 ? pending.length : end + 1, most);
}

/** Whether a step begins or ends a transaction of its own; such a step goes into the ledger, but is not sent. */
export function getBoundary(step: Step): 'begin' | 'end' | null {
  if (step.kind !== 'TransactionStmt') return null;
  if (/^(begin|start)\b/i.test(step.sql)) return 'begin';
  return /^(commit|end)\b(?!\s+prepared)/i.test(step.sql) ? 'end' : null;
}
