import { PlinthError } from '../errors.js';
import type { RunResult } from '../model/result.js';
import type { ResolvedApplyOptions } from '../options.js';
import type { ServerFacts } from '../postgres/facts.js';
import { isSatisfied } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import type { Prepared } from './prepared.js';
import { getSelectionDigest, getSelectionKey } from './selection.js';
import type { Target } from './target.js';

/** What one query tells, without a lock. */
export interface FirstLook {
  /** The result where the ledger says that all is there already. */
  readonly satisfied: RunResult | null;
  /** Null where there is no ledger yet. */
  readonly facts: ServerFacts | null;
}

/** Asks whether all is there already, also while the history is still being read. */
export async function getSatisfied(
  reading: Promise<Prepared>,
  options: ResolvedApplyOptions,
  target: Target,
  session: Session,
): Promise<FirstLook> {
  const start = performance.now();
  const ask = {
    history: options.history,
    key: getSelectionKey(options),
    digest: reading.then((prepared) => getSelectionDigest(prepared, options)),
  };
  const found = await isSatisfied(session, options.ledger, ask);
  if (found.missing.length > 0) throw new PlinthError('LEDGER_UNTRUE', { missing: found.missing });
  const { facts } = found;
  if (!found.satisfied) return { satisfied: null, facts };
  if (options.afterwards !== null) {
    const { runAfterwards } = await import('../apply/afterwards.js');
    await runAfterwards(session, options.afterwards);
  }
  const result: RunResult = {
    outcome: 'nothing-to-do',
    run: target.runId,
    // Of a whole history the ledger has what it made, which nobody asked for by name.
    tables: options.tables.length === 0 ? [] : found.tables,
    created: [],
    adopted: [],
    already: 0,
    steps: [],
    findings: [],
    verified: null,
    elapsedMs: Math.round(performance.now() - start),
  };
  (await reading).context.onEvent?.({ type: 'finished', result });
  return { satisfied: result, facts };
}
