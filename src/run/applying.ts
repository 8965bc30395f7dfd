import { getCodeStepsBefore } from '../model/history.js';
import type { RunResult } from '../model/result.js';
import type { ResolvedApplyOptions } from '../options.js';
import { ensureWritable, readFacts } from '../postgres/facts.js';
import { readLedger } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import { VERSION } from '../version.js';
import { createAdopt } from './adopting.js';
import { createVerify } from './expectation.js';
import { findFailurePlaces } from './failure-places.js';
import { createPlanner, getSelectionDigest, getSelectionKey, type Planner, readOldSql } from './planning.js';
import { preparePrelude } from './prelude.js';
import type { Prepared } from './prepared.js';
import { getSatisfied } from './satisfied.js';
import { loadToolReader } from './tool-reader.js';
import { watchForTables } from './whole-tables.js';

const READING = 'reading the ledger';

/**
 * Brings what was asked for of a history that is read already into the target; a planner that another target of the same request
 * used will do.
 *
 * @throws PlinthError, with `result` telling what became of every step.
 */
export async function applyPrepared(
  prepared: Prepared,
  resolved: ResolvedApplyOptions,
  getPlanner: () => Promise<Planner> = () => createPlanner(prepared, resolved),
): Promise<RunResult> {
  const { context } = prepared;
  // The driver is loaded where there is a target, and not before.
  const { createTarget } = await import('./target.js');
  const target = await createTarget(resolved, resolved.service, context);
  const open = (within: { timeoutMs: number; signal: AbortSignal | undefined }): Promise<Session> =>
    target.open(within);
  const began = performance.now();
  const { readTarget, withTarget } = await import('./reading.js');
  const within = { ...context, timeoutMs: resolved.timeout };
  const readOwn = (session: Session) => readLedger(session, resolved.ledger, resolved.history);
  const first = await readTarget(target, within, READING, async (session) => {
    const satisfied = await getSatisfied(prepared, resolved, target, session);
    if (satisfied !== null) return { satisfied, ledger: null };
    // Before the history is watched, which may take a while.
    await ensureWritable(session, await readFacts(session), target.label);
    const isWhole = resolved.tables.length === 0;
    const ledger = isWhole ? await readOwn(session) : null;
    return { satisfied: null, ledger };
  });
  let unused: Session | null = first.session;
  try {
    const { satisfied, ledger } = first.value;
    if (satisfied !== null) return satisfied;
    // Reading and watching a history have no limit; what waits for the server shares one budget.
    const timeoutMs = Math.max(1, resolved.timeout - (performance.now() - began));
    const planner = await getPlanner();
    if (ledger !== null) {
      await planner.prepareFor(ledger);
    }
    const reader = await loadToolReader(prepared, resolved, planner);
    if (ledger !== null && reader === null) await watchForTables(unused, planner, ledger, resolved);
    await reader?.prepareFor(ledger ?? (await withTarget(target, within, READING, readOwn)), (work) =>
      withTarget(target, within, READING, work),
    );
    const prelude = resolved.withPrelude ? await preparePrelude(prepared) : undefined;
    const { applyPlan } = await import('../apply/apply.js');
    const result = await applyPlan({
      connect: async (within) => {
        const session = unused ?? (await open(within));
        unused = null;
        return session;
      },
      target: target.label,
      ledgerSchema: resolved.ledger,
      historyName: resolved.history,
      service: resolved.service,
      runId: target.runId,
      applicationName: target.applicationName,
      plinthVersion: VERSION,
      searchPath: resolved.searchPath ?? undefined,
      getPlan: (ledger) =>
        planner.getPlan(ledger, (change) =>
          withTarget(target, within, READING, (session) => readOldSql(session, resolved, change)),
        ),
      reconcile:
        reader === null ? undefined : (session, own) => reader.reconcile(own, (work) => work(session)),
      record: {
        history: planner.getHistoryRecord(),
        selection: {
          key: getSelectionKey(resolved),
          digest: getSelectionDigest(prepared, resolved),
          tables: planner.tables,
        },
      },
      missingRoles: resolved.missingRoles,
      timeoutMs,
      signal: context.signal,
      onEvent: context.onEvent,
      findPlaces: (step, failure) => findFailurePlaces(prepared.history, step, failure),
      getCodeSteps: (migration) => getCodeStepsBefore(prepared.history, migration),
      prelude,
      afterwards: resolved.afterwards ?? undefined,
      adopt: createAdopt(prepared, resolved, planner),
      verify: resolved.verify ? createVerify(prepared, resolved, planner) : undefined,
    }).catch(async (error: unknown) => {
      const { withOlderStates } = await import('./older-state.js');
      throw await withOlderStates(error, prepared, planner, (work) =>
        withTarget(target, within, 'comparing tables', work),
      );
    });
    context.onEvent?.({ type: 'finished', result });
    return result;
  } finally {
    await unused?.close();
  }
}
