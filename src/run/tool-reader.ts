import type { ResolvedPlanOptions } from '../options.js';
import type { Planner } from './planning.js';
import type { Prepared } from './prepared.js';
import type { ToolReader } from './tool-ledger.js';

/** Null where no other tool's table is to be read or written; what knows these tables is loaded only where one is. */
export async function loadToolReader(
  prepared: Prepared,
  options: ResolvedPlanOptions,
  planner: Pick<Planner, 'statements' | 'watched'>,
): Promise<ToolReader | null> {
  const { trustLedger, writeLedger } = options;
  const name = trustLedger ?? writeLedger;
  if (name === null) return null;
  const { createToolReader } = await import('./tool-ledger.js');
  return createToolReader(prepared, options, planner, {
    name,
    trusts: trustLedger !== null,
    writes: writeLedger !== null,
  });
}
