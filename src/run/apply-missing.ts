import { applyPlan } from '../apply/apply.js';
import { getCodeStepsBefore } from '../model/history.js';
import type { Ledger } from '../model/ledger.js';
import type { RunResult } from '../model/result.js';
import type { ResolvedApplyOptions } from '../options.js';
import { readLedger } from '../postgres/ledger.js';
import type { Session } from '../postgres/session.js';
import { VERSION } from '../version.js';
import { createAdopt } from './adopting.js';
import { createVerify } from './expectation.js';
import { findFailurePlaces } from './failure-places.js';
import { createPlanner, type Planner, readOldSql } from './planning.js';
import { preparePrelude } from './prelude.js';
import type { Prepared } from './prepared.js';
import { READING, withTarget } from './reading.js';
import { getSelectionDigest, getSelectionKey } from './selection.js';
import type { Target } from './target.js';
import { loadToolReader } from './tool-reader.js';
import { watchForTables } from './whole-tables.js';

/** Where a run that has something to do begins. */
export interface Beginning {
  readonly target: Target;
  /** The session that found so; it is closed at the end. */
  readonly session: Session;
  /** What the ledger says of a whole history; null where tables are named. */
  readonly ledger: Ledger | null;
  /** What is left of the budget in milliseconds for all that waits for the server. */
  readonly timeoutMs: number;
}

/** Plans what is missing in the target, and applies it. */
export async function applyMissing(
  prepared: Prepared,
  resolved: ResolvedApplyOptions,
  { target, session, ledger, timeoutMs }: Beginning,
  getPlanner: () => Promise<Planner> = () => createPlanner(prepared, resolved),
): Promise<RunResult> {
  const { context } = prepared;
  const within = { ...context, timeoutMs: resolved.timeout };
  let unused: Session | null = session;
  try {
    const planner = await getPlanner();
    if (ledger !== null) await planner.prepareFor(ledger);
    const reader = await loadToolReader(prepared, resolved, planner);
    if (ledger !== null && reader === null) await watchForTables(unused, planner, ledger, resolved);
    const readOwn = (own: Session) => readLedger(own, resolved.ledger, resolved.history);
    await reader?.prepareFor(ledger ?? (await withTarget(target, within, READING, readOwn)), (work) =>
      withTarget(target, within, READING, work),
    );
    const prelude = resolved.withPrelude ? await preparePrelude(prepared) : undefined;
    const result = await applyPlan({
      connect: async (budget) => {
        const opened = unused ?? (await target.open(budget));
        unused = null;
        return opened;
      },
      target: target.label,
      ledgerSchema: resolved.ledger,
      historyName: resolved.history,
      service: resolved.service,
      runId: target.runId,
      applicationName: target.applicationName,
      plinthVersion: VERSION,
      searchPath: resolved.searchPath ?? undefined,
      getPlan: (found) =>
        planner.getPlan(found, (change) =>
          withTarget(target, within, READING, (own) => readOldSql(own, resolved, change)),
        ),
      reconcile: reader === null ? undefined : (own, found) => reader.reconcile(found, (work) => work(own)),
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
