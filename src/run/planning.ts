import { PlinthError } from '../errors.js';
import type { HistoryChange, Ledger } from '../model/ledger.js';
import type { Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import type { Plan } from '../model/plan.js';
import type { Slice } from '../model/slice.js';
import type { ResolvedPlanOptions } from '../options.js';
import { getLedgerFit, hasGaps } from '../plan/ledger-check.js';
import { createPlan, type PlanRequest } from '../plan/plan.js';
import { getByMigration, type PlannableStatement } from '../plan/plannable.js';
import type { HistoryRecord } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import { createSlicer, type Slicer } from '../slice/slice.js';
import { getPartitionsOutside } from '../verify/partition-window.js';
import { getBareStatements, getObservation, getStatements } from './prepare.js';
import type { Prepared } from './prepared.js';
import { tellUnobserved, withFailedPlaces } from './unobserved.js';

/** Everything that planning needs and no ledger changes. */
export interface Planner {
  /** The wanted tables as `schema.name`; empty = the whole history. */
  readonly tables: readonly string[];
  /** The statements of the whole history. */
  readonly statements: readonly PlannableStatement[];
  /** Loads what a plan for this ledger needs, so that it need not be loaded under the lock. */
  prepareFor(ledger: Ledger): Promise<void>;
  /** `readOldSql` fetches the text of a statement as it was applied. */
  getPlan(ledger: Ledger, readOldSql: (change: HistoryChange) => Promise<string | null>): Promise<Plan>;
  getHistoryRecord(): HistoryRecord;
  /** What was watched, and the slice of an empty database; null where the whole history was asked for. */
  readonly watched: Watched | null;
  /** What was watched; watches a whole history, too, and plans it by that from now on. */
  watch(): Promise<Watched>;
}

/** A history that was watched, and the slice of an empty database. */
export interface Watched {
  readonly observation: Observation;
  readonly slice: Slice;
  readonly slicer: Slicer;
}

type Basis = Pick<PlanRequest, 'statements' | 'observation' | 'getSlice'> & Pick<Planner, 'watched'>;
type First = Basis & Pick<Planner, 'tables'>;

/** Loads what planning needs: an observation where tables are named, else only the statements. */
export async function createPlanner(prepared: Prepared, options: ResolvedPlanOptions): Promise<Planner> {
  const { history } = prepared;
  const { alone, tables } = options;
  const request = {
    tables: tables.length === 0 ? null : tables,
    alone,
    declared: options.declared ?? [],
    codeSteps: history.codeSteps,
  };

  const createObserved = async (): Promise<First> => {
    const observation = await getObservation(prepared);
    const slicer = createSlicer(observation);
    const unwanted = getUnwantedPartitions(observation, options);
    const slice = withFailedPlaces(history, observation, () => slicer.getSlice({ ...request, unwanted }));
    tellUnobserved(prepared, observation, slice.kept.keys());
    const getSlice = (live: readonly number[], again: readonly number[]): Slice =>
      live.length + again.length === 0 ? slice : slicer.getSlice({ ...request, live, again, unwanted });
    return {
      statements: getStatements(prepared, observation),
      observation,
      getSlice,
      tables: slice.tables,
      watched: { observation, slice, slicer },
    };
  };
  const first: First =
    tables.length === 0 && options.partitions === null
      ? {
          statements: await getBareStatements(prepared),
          observation: null,
          getSlice: null,
          tables: [],
          watched: null,
        }
      : await createObserved();
  // After runs that chose tables, the rest meets what later statements renamed or dropped: it is a slice, too.
  let rest: Basis | null = null;
  const getBasis = async (ledger: Ledger): Promise<Basis> => {
    const isFirst =
      first.watched !== null ||
      (rest === null && !hasGaps(history, first.statements, getLedgerFit(history, first.statements, ledger)));
    if (isFirst) return first;
    rest ??= await createObserved();
    return rest;
  };
  const byMigration = getByMigration(first.statements);

  return {
    tables: first.tables,
    statements: first.statements,
    watched: first.watched,
    watch: async () => {
      if (first.watched !== null) return first.watched;
      rest ??= await createObserved();
      return rest.watched!;
    },
    prepareFor: async (ledger) => void (await getBasis(ledger)),
    getPlan: async (ledger, readOldSql) => {
      const { allowChanged, allowOutOfOrder, history: name } = options;
      const basis = await getBasis(ledger);
      const { plan, fit } = createPlan({ ...basis, name, history, ledger, allowChanged, allowOutOfOrder });
      if (fit.changes.length > 0) await raiseChanges(prepared, options, fit.changes, readOldSql);
      return plan;
    },
    getHistoryRecord: () => ({
      format: history.format,
      location: history.location,
      digest: history.digest,
      migrations: history.migrations.map(({ id, ordinal, name }) => ({
        id,
        ordinal,
        name,
        digests: (byMigration.get(ordinal) ?? []).map((s) => s.digest),
      })),
    }),
  };
}

/** Tables with the sizes of their slices, each as if it were alone on its database. */
export function getTableSizes(
  slicer: Slicer,
): readonly { name: string; schema: string; statements: number }[] {
  return slicer.observation.tables.map(({ schema, name }) => {
    const slice = slicer.getSlice({ tables: [`${schema}.${name}`], alone: true, declared: [] });
    return { name, schema, statements: slice.kept.size };
  });
}

/** The text of a statement as it was applied. */
export async function readOldSql(
  session: Session,
  options: Pick<ResolvedPlanOptions, 'ledger' | 'history'>,
  { migration, index }: HistoryChange,
): Promise<string | null> {
  // Planning without a database needs nothing of this.
  const { readStatementSql } = await import('../postgres/ledger.js');
  return await readStatementSql(session, options.ledger, { history: options.history, migration, index });
}

async function raiseChanges(
  { context }: Prepared,
  { allowChanged }: ResolvedPlanOptions,
  changes: readonly HistoryChange[],
  readOldSql: (change: HistoryChange) => Promise<string | null>,
): Promise<void> {
  const places = changes.map((change) => ({
    change,
    place:
      change.now === null
        ? change.migrationName
        : renderPlace({ ...change.now, migrationName: change.migrationName }),
  }));
  if (allowChanged) {
    for (const { place } of places) {
      context.onEvent?.({
        type: 'finding',
        finding: { code: 'CHANGE_ALLOWED', severity: 'warning', args: { place } },
      });
    }
    return;
  }
  const { renderStatementDiff } = await import('../report/statement-diff.js');
  const shown: { place: string; diff: string }[] = [];
  for (const { change, place } of places) {
    const before = await readOldSql(change);
    shown.push({ place, diff: renderStatementDiff(before ?? '', change.now?.sql ?? '') });
  }
  throw new PlinthError('HISTORY_CHANGED', { changes: shown });
}

/** The partitions that the window leaves out. */
export function getUnwantedPartitions(
  observation: Observation,
  { partitions }: Pick<ResolvedPlanOptions, 'partitions'>,
): ReadonlySet<string> {
  return partitions === null ? new Set() : getPartitionsOutside(observation, partitions);
}
