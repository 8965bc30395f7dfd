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
  const { block } = pending[0]!;
  if (block === undefined) return 1;
  const end = pending.findIndex((step) => step.block !== block);
  return Math.min(end < 0 ? pending.length : end, most);
}
