import { PlinthError } from '../errors.js';
import type { History } from '../model/history.js';
import type { Ledger } from '../model/ledger.js';
import type { Observation } from '../model/observation.js';
import type { LeftOut, LeftOutStatement, Plan, PlannedMigration, Step } from '../model/plan.js';
import type { Reason, Slice } from '../model/slice.js';
import { ensureFitsAdopted } from './adoption.js';
import { getPlannedCodeSteps } from './code-steps.js';
import { getDeadOrdinals } from './dead.js';
import { getDependentOrdinals } from './dependents.js';
import { getLedgerFit, type LedgerFit } from './ledger-check.js';
import { createStep, getByMigration, type PlannableStatement } from './plannable.js';
import { getProofState } from './proof-state.js';
import { withDrops } from './repeatables.js';
import { getReplaced } from './replaced.js';
import { withRights } from './rights.js';

export interface PlanRequest {
  /** The history's name in the ledger. */
  readonly name: string;
  readonly history: History;
  readonly statements: readonly PlannableStatement[];
  /** Null for the whole history. `live` are idle statements that must run, `again` those of repeatable migrations that changed. */
  readonly getSlice: ((live: readonly number[], again: readonly number[]) => Slice) | null;
  readonly observation: Observation | null;
  readonly ledger: Ledger;
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
}

/** A plan, and what is told about how the ledger and the folder fit. */
export interface Planned {
  readonly plan: Plan;
  readonly fit: LedgerFit;
}

/**
 * Slice minus ledger.
 *
 * @throws MIGRATION_DELETED, MIGRATION_OUT_OF_ORDER; a change is for the caller to raise, who can show the old text.
 */
export function createPlan(request: PlanRequest): Planned {
  const { history, statements, ledger } = request;
  const fit = getLedgerFit(history, statements, ledger);
  if (fit.deleted.length > 0) throw new PlinthError('MIGRATION_DELETED', { migrations: fit.deleted });
  const { slice, live } = chooseSlice(request, fit);
  const isKept = (ordinal: number): boolean => slice === null || slice.kept.has(ordinal);
  const elidedOrdinals = slice === null ? new Set<number>() : getElided(request, fit, slice, live);
  const again = new Set([...getRepeated(request, fit, isKept), ...getWholeRepeatables(request, fit)]);

  const byMigration = getByMigration(statements);
  const planned = history.migrations.flatMap((migration): PlannedMigration[] => {
    const own = byMigration.get(migration.ordinal) ?? [];
    const runs = own.filter(
      (s) => isKept(s.ordinal) && (!fit.applied.has(s.ordinal) || again.has(s.ordinal)),
    );
    const elided = own.filter((s) => elidedOrdinals.has(s.ordinal));
    // Settings of the session alone are no reason to run a migration.
    if (runs.every((s) => s.session) && elided.length === 0) return [];
    const reason = (ordinal: number): Reason => slice?.kept.get(ordinal) ?? { why: 'all', chain: [] };
    const toStep = (s: PlannableStatement): Step => createStep(s, migration, reason(s.ordinal));
    const steps = runs.every((s) => s.session) ? [] : runs.map(toStep);
    const written = new Set([...steps, ...elided].filter((s) => !s.session).map(({ index }) => index));
    const outdated = fit.outdated.get(migration.ordinal)?.filter((index) => !written.has(index));
    return [
      {
        ordinal: migration.ordinal,
        id: migration.id,
        name: migration.name,
        transaction: migration.transaction,
        steps,
        elided: elided.map(toStep),
        ...(migration.recorded === true ? { recorded: true as const } : {}),
        ...(outdated === undefined ? {} : { outdated }),
      },
    ];
  });
  const migrations = withRights(planned, { statements, observation: request.observation, fit });
  const steps = migrations.flatMap((migration) => migration.steps);
  const fresh = steps.filter(({ ordinal }) => !fit.again.has(ordinal));
  const creates = getCreatedTables(request, fresh);
  const pending = steps.filter(({ ordinal }) => !fit.perhaps.has(ordinal));
  const replaced = getReplaced(statements, fit.applied, creates);
  const plan: Plan = {
    history: {
      name: request.name,
      format: history.format,
      location: history.location,
      digest: history.digest,
      migrations: history.migrations.length,
      statements: statements.length,
    },
    tables: slice?.tables ?? [],
    proof: getProofState(request.observation, slice?.tables ?? []),
    migrations,
    codeSteps: getPlannedCodeSteps(history, {
      migrations,
      isApplied: (migration) =>
        byMigration.get(migration)?.some((s) => isKept(s.ordinal) && fit.applied.has(s.ordinal)) ?? false,
      isSlice: slice !== null,
    }),
    already: statements.filter((s) => isKept(s.ordinal) && !s.session && fit.applied.has(s.ordinal)).length,
    leftOut: getLeftOut(request, slice),
    creates,
    absent: getCreatedTables(request, pending).filter((table) => !replaced.names.has(table)),
    expects: getExpectedTables(request, fit, migrations, isKept),
  };
  ensureOrder(request, fit, plan);
  ensureFitsAdopted(request, fit, steps);
  return { plan, fit };
}

/**
 * The slice, with those idle data statements that may meet rows, because they read or change tables that were made
 * in an earlier run or were there before the history, and with what takes away the tables of an earlier run whose
 * names new ones take. They bring needs of their own, so the slice is taken again with them.
 */
function chooseSlice(
  request: PlanRequest,
  fit: LedgerFit,
): { slice: Slice | null; live: ReadonlySet<number> } {
  if (request.getSlice === null) return { slice: null, live: new Set() };
  const again = [...withDrops(fit.again, request.statements)];
  let live = new Set<number>();
  for (;;) {
    const slice = request.getSlice([...live], again);
    const idle = [...slice.idle].filter(
      (ordinal) => !fit.applied.has(ordinal) && isLive(request, fit, ordinal),
    );
    const pending = [...slice.kept.keys()].filter((ordinal) => !fit.applied.has(ordinal));
    const creates = getCreatedTables(
      request,
      pending.map((ordinal) => ({ ordinal })),
    );
    const replaced = getReplaced(request.statements, fit.applied, creates);
    const { statements, observation } = request;
    const dead = slice.tables.length === 0 ? getDeadOrdinals(statements, fit.applied, observation) : [];
    const dependent = getDependentOrdinals(statements, fit.applied, observation, slice.kept);
    const others = [...replaced.ordinals, ...dead, ...dependent];
    const forced = [...idle, ...others.filter((ordinal) => !slice.kept.has(ordinal))];
    if (forced.every((ordinal) => live.has(ordinal))) return { slice, live };
    live = new Set([...live, ...forced]);
  }
}

function isLive({ statements, observation }: PlanRequest, fit: LedgerFit, ordinal: number): boolean {
  const { targets = [], needs = [] } = statements[ordinal]!.effect ?? {};
  // What was there before the history may hold rows, but only to change: the history's own tables may be read, too.
  if (targets.some((target) => observation?.objects[target]?.environment === true)) return true;
  return [...targets, ...needs].some(
    (object) =>
      observation?.objects[object]?.type === 'table' &&
      statements.some(
        (s) => s.ordinal < ordinal && isThere(fit, s.ordinal) && s.effect?.creates.includes(object),
      ),
  );
}

const isThere = (fit: LedgerFit, ordinal: number): boolean =>
  fit.applied.has(ordinal) || fit.perhaps.has(ordinal);

/**
 * Idle data statements about tables that this run makes: with no row in them they do nothing, now and for whoever
 * asks later. They go into the ledger, so that one that is not there is new since its tables were made.
 */
function getElided(
  request: PlanRequest,
  fit: LedgerFit,
  slice: Slice,
  live: ReadonlySet<number>,
): ReadonlySet<number> {
  const { statements, observation } = request;
  const pending = statements.filter((s) => slice.kept.has(s.ordinal) && !fit.applied.has(s.ordinal));
  const made = new Set(
    pending
      .flatMap((s) => s.effect?.creates ?? [])
      .filter((object) => observation?.objects[object]?.type === 'table'),
  );
  const elided = statements.filter(({ ordinal, effect }) => {
    if (effect?.idle !== true || effect.targets === undefined) return false;
    if (live.has(ordinal) || fit.applied.has(ordinal)) return false;
    const isAboutNew = [...effect.targets, ...effect.needs].some((object) => made.has(object));
    return isAboutNew && !isLive(request, fit, ordinal);
  });
  return new Set(elided.map(({ ordinal }) => ordinal));
}

/** Applied statements that act on whatever is there, for tables that come late. */
function getRepeated(
  { statements }: PlanRequest,
  fit: LedgerFit,
  isKept: (ordinal: number) => boolean,
): ReadonlySet<number> {
  const late = new Set(
    statements
      .filter((s) => isKept(s.ordinal) && !fit.applied.has(s.ordinal))
      .flatMap((s) => s.effect?.creates ?? []),
  );
  const again = statements.filter(
    (s) =>
      s.effect?.repeatable === true && fit.applied.has(s.ordinal) && s.effect.writes.some((w) => late.has(w)),
  );
  return new Set(again.map((s) => s.ordinal));
}

/** For a whole history: a repeatable migration of which something is to run is run as a whole. */
function getWholeRepeatables({ history, statements, getSlice }: PlanRequest, fit: LedgerFit): number[] {
  if (getSlice !== null) return [];
  const isPending = (s: PlannableStatement): boolean => !s.session && !fit.applied.has(s.ordinal);
  const pending = new Set(statements.filter(isPending).map((s) => s.migration));
  return statements
    .filter((s) => pending.has(s.migration) && history.migrations[s.migration]!.contentDigest !== undefined)
    .map(({ ordinal }) => ordinal);
}

function getLeftOut({ history, statements }: PlanRequest, slice: Slice | null): LeftOut {
  if (slice === null) return { statements: 0, unneeded: [], idle: [], outside: [] };
  const unneeded: LeftOutStatement[] = [];
  const idle: LeftOutStatement[] = [];
  const outside: LeftOutStatement[] = [];
  for (const { ordinal, migration, file, line, kind, sql, effect } of statements) {
    if (slice.kept.has(ordinal)) continue;
    const migrationName = history.migrations[migration]!.name;
    const list = slice.outside.statements.has(ordinal) ? outside : effect?.idle === true ? idle : unneeded;
    list.push({ migrationName, file, line, kind, sql });
  }
  return { statements: unneeded.length + idle.length + outside.length, unneeded, idle, outside };
}

function getCreatedTables(
  { observation, statements }: PlanRequest,
  steps: readonly { readonly ordinal: number }[],
): string[] {
  if (observation === null) return [];
  const created = new Set(steps.flatMap(({ ordinal }) => statements[ordinal]!.effect?.creates ?? []));
  return observation.tables
    .filter(({ object }) => created.has(object))
    .map(({ schema, name }) => `${schema}.${name}`);
}

function getExpectedTables(
  { observation, statements }: PlanRequest,
  fit: LedgerFit,
  migrations: readonly PlannedMigration[],
  isKept: (ordinal: number) => boolean,
): string[] {
  if (observation === null) return [];
  const touched = new Set(
    migrations.flatMap((m) => m.steps.flatMap((step) => statements[step.ordinal]!.effect?.writes ?? [])),
  );
  const made = new Set(
    statements
      .filter(({ ordinal }) => isKept(ordinal) && fit.applied.has(ordinal))
      .flatMap(({ effect }) => effect?.creates ?? []),
  );
  return observation.tables
    .filter(({ object }) => made.has(object) && !touched.has(object))
    .map(({ schema, name }) => `${schema}.${name}`);
}

function ensureOrder({ allowOutOfOrder }: PlanRequest, fit: LedgerFit, plan: Plan): void {
  const late = plan.migrations.filter((m) => fit.inserted.has(m.ordinal) && m.steps.length > 0);
  if (late.length === 0 || allowOutOfOrder) return;
  throw new PlinthError('MIGRATION_OUT_OF_ORDER', {
    migrations: late.map(({ name }) => name),
    newest: fit.newest ?? '',
  });
}
