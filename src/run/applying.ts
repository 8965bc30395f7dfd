import { EMPTY_LEDGER, type Ledger } from '../model/ledger.js';
import type { RunResult } from '../model/result.js';
import type { ResolvedApplyOptions } from '../options.js';
import { ensureWritable, readFacts } from '../postgres/facts.js';
import { readLedger } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import { createHeldEvents } from './held-events.js';
import type { Planner } from './planning.js';
import type { Context, Prepared } from './prepared.js';
import { READING, readTarget } from './reading.js';
import { getSatisfied } from './satisfied.js';
import { createTarget, type Target } from './target.js';

/**
 * Brings what was asked for of a history that is being read, or is read already, into the target; a planner that another target of
 * the same request used will do. The target is connected to while the history is read, as a server takes as long to make a session
 * as a folder to be read; what is wrong with the history is told, and nothing of the target.
 *
 * @throws PlinthError, with `result` telling what became of every step.
 */
export async function applyHistory(
  reading: Promise<Prepared>,
  resolved: ResolvedApplyOptions,
  context: Context,
  getPlanner?: () => Promise<Planner>,
): Promise<RunResult> {
  const { signal } = context;
  const unread = new AbortController();
  const opening = signal === undefined ? unread.signal : AbortSignal.any([signal, unread.signal]);
  const held = createHeldEvents(context.onEvent);
  void reading.then(held.release, () => unread.abort());
  try {
    // For a folder that cannot be read no server is started, which stays.
    if (resolved.embedded !== null) await reading;
    const target = await createTarget(resolved, resolved.service, { ...context, onEvent: held.onEvent });
    const began = performance.now();
    const within = { ...context, timeoutMs: resolved.timeout, opening };
    const { session, value } = await readTarget(target, within, READING, (session) =>
      look(reading, resolved, target, session),
    );
    const { satisfied, ledger } = value;
    if (satisfied !== null) {
      session.leave();
      return satisfied;
    }
    // Watching a history has no limit; what waits for the server shares one budget.
    const timeoutMs = Math.max(1, resolved.timeout - (performance.now() - began));
    const { applyMissing } = await import('./apply-missing.js');
    return await applyMissing(await reading, resolved, { target, session, ledger, timeoutMs }, getPlanner);
  } catch (error) {
    await reading;
    throw error;
  }
}

interface Look {
  /** The result where all is there already. */
  readonly satisfied: RunResult | null;
  /** Null where it was not read. */
  readonly ledger: Ledger | null;
}

async function look(
  reading: Promise<Prepared>,
  resolved: ResolvedApplyOptions,
  target: Target,
  session: Session,
): Promise<Look> {
  const { satisfied, facts } = await getSatisfied(reading, resolved, target, session);
  if (satisfied !== null) return { satisfied, ledger: null };
  // Before the history is watched, which may take a while.
  await ensureWritable(session, facts ?? (await readFacts(session)), target.label);
  if (resolved.tables.length > 0) return { satisfied: null, ledger: null };
  const isLedger = facts !== null;
  const ledger = isLedger ? await readLedger(session, resolved.ledger, resolved.history) : EMPTY_LEDGER;
  return { satisfied: null, ledger };
}
