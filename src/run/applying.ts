import { EMPTY_LEDGER } from '../model/ledger.js';
import type { RunResult } from '../model/result.js';
import type { ResolvedApplyOptions } from '../options.js';
import { ensureWritable, readFacts } from '../postgres/facts.js';
import { readLedger } from '../postgres/ledger.js';
import type { Planner } from './planning.js';
import type { Prepared } from './prepared.js';
import { READING, readTarget } from './reading.js';
import { getSatisfied } from './satisfied.js';
import { createTarget } from './target.js';

/**
 * Brings what was asked for of a history that is read already into the target; a planner that another target of the same request
 * used will do.
 *
 * @throws PlinthError, with `result` telling what became of every step.
 */
export async function applyPrepared(
  prepared: Prepared,
  resolved: ResolvedApplyOptions,
  getPlanner?: () => Promise<Planner>,
): Promise<RunResult> {
  const { context } = prepared;
  const target = await createTarget(resolved, resolved.service, context);
  const began = performance.now();
  const within = { ...context, timeoutMs: resolved.timeout };
  const { session, value } = await readTarget(target, within, READING, async (session) => {
    const { satisfied, facts } = await getSatisfied(prepared, resolved, target, session);
    if (satisfied !== null) return { satisfied, ledger: null };
    // Before the history is watched, which may take a while.
    await ensureWritable(session, facts ?? (await readFacts(session)), target.label);
    if (resolved.tables.length > 0) return { satisfied: null, ledger: null };
    const isLedger = facts !== null;
    const ledger = isLedger ? await readLedger(session, resolved.ledger, resolved.history) : EMPTY_LEDGER;
    return { satisfied: null, ledger };
  });
  const { satisfied, ledger } = value;
  if (satisfied !== null) {
    await session.close();
    return satisfied;
  }
  // Reading and watching a history have no limit; what waits for the server shares one budget.
  const timeoutMs = Math.max(1, resolved.timeout - (performance.now() - began));
  const { applyMissing } = await import('./apply-missing.js');
  return await applyMissing(prepared, resolved, { target, session, ledger, timeoutMs }, getPlanner);
}
