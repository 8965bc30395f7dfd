import { isPlinthError } from '../errors.js';
import type { Ledger } from '../model/ledger.js';
import { renderPlace } from '../model/place.js';
import type { StatusDrift } from '../model/status.js';
import type { ResolvedPlanOptions } from '../options.js';
import { getLedgerFit } from '../plan/ledger-check.js';
import type { Selection } from '../postgres/status.js';
import { createVerify } from './expectation.js';
import { createPlanner } from './planning.js';
import { getBareStatements, prepare } from './prepare.js';
import type { Context, Prepared } from './prepared.js';
import { getSelectionKey } from './selection.js';
import type { Run } from './tool-comparison.js';
import { loadToolReader } from './tool-reader.js';

/** Holds a migration folder against the ledger: what changed, and what a run for the tables that were asked for would run. */
export async function readDrift(
  options: ResolvedPlanOptions,
  ledger: Ledger,
  selections: readonly Selection[],
  context: Context,
  run: Run,
): Promise<StatusDrift> {
  // What is amiss is told here, and not as the events of a plan that allows it.
  const quiet: Context = {
    ...context,
    onEvent: (event) => void (event.type !== 'finding' && context.onEvent?.(event)),
  };
  const prepared = await prepare(options, quiet);
  const { history } = prepared;
  const fit = getLedgerFit(history, await getBareStatements(prepared), ledger);
  const tables = getWanted(options, selections);
  const pending = await readPending(prepared, { ...options, tables }, ledger, run);
  return {
    history: options.history,
    location: history.location,
    changed: fit.changes.map(({ migrationName, now }) =>
      now === null ? `${migrationName} (a statement is gone)` : renderPlace({ migrationName, ...now }),
    ),
    deleted: fit.deleted,
    outOfOrder: history.migrations.filter(({ ordinal }) => fit.inserted.has(ordinal)).map(({ name }) => name),
    tables,
    ...pending,
  };
}

/** The tables that are named, else those that services asked for; none where one asked for the whole history. */
function getWanted(options: ResolvedPlanOptions, selections: readonly Selection[]): readonly string[] {
  if (options.tables.length > 0) return options.tables;
  const own = selections.filter(({ history }) => history === options.history);
  const whole = getSelectionKey({ ...options, tables: [], alone: false, declared: null });
  if (own.some(({ key }) => key === whole)) return [];
  return [...new Set(own.flatMap(({ tables }) => tables))].sort();
}

async function readPending(
  prepared: Prepared,
  options: ResolvedPlanOptions,
  own: Ledger,
  run: Run,
): Promise<Pick<StatusDrift, 'pending' | 'unknown' | 'catalogue'>> {
  try {
    const allowing = { ...options, allowChanged: true, allowOutOfOrder: true };
    const planner = await createPlanner(prepared, allowing);
    const reader = await loadToolReader(prepared, allowing, planner);
    const ledger = (await reader?.reconcile(own, run))?.ledger ?? own;
    const { migrations } = await planner.getPlan(ledger, async () => null);
    // Where nothing was applied there is nothing to compare.
    const isThere = ledger.statements.length > 0;
    const { verified } = isThere ? await run(createVerify(prepared, options, planner)) : { verified: null };
    return {
      pending: migrations.map(({ name, steps }) => ({ migration: name, statements: steps.length })),
      unknown: null,
      catalogue:
        verified === null
          ? null
          : {
              checked: verified.checked,
              differences: verified.differences.map(({ object, kind, name }) =>
                [object, kind, name].filter(Boolean).join(' '),
              ),
            },
    };
  } catch (error) {
    if (!isPlinthError(error) || error.code === 'ABORTED') throw error;
    return { pending: [], unknown: error.message, catalogue: null };
  }
}
