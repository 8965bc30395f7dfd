import type { ObjectRef, Observation } from '../model/observation.js';
import type { PlannedMigration, SparedObject, Step, StepRights } from '../model/plan.js';
import type { LedgerFit } from './ledger-check.js';
import type { PlannableStatement } from './plannable.js';

/** As much of planning as rights need. */
export interface RightsRequest {
  readonly statements: readonly PlannableStatement[];
  readonly observation: Observation | null;
  readonly fit: Pick<LedgerFit, 'applied'>;
}

/**
 * Gives each late step the rights that it would meet in its place: what is made late does not get what later ALTER DEFAULT
 * PRIVILEGES give, and GRANT … ON ALL TABLES does not reach what was made after it.
 */
export function withRights(
  migrations: readonly PlannedMigration[],
  request: RightsRequest,
): readonly PlannedMigration[] {
  const rights = getDefaults(migrations, request);
  for (const [ordinal, spared] of getSpared(migrations, request)) {
    rights.set(ordinal, { ...rights.get(ordinal), spared });
  }
  if (rights.size === 0) return migrations;
  const add = (step: Step): Step => {
    const own = rights.get(step.ordinal);
    return own === undefined ? step : { ...step, rights: own };
  };
  return migrations.map((migration) => ({ ...migration, steps: migration.steps.map(add) }));
}

/** What stands around each stretch of steps that make something although default privileges of later on are in force. */
function getDefaults(
  migrations: readonly PlannedMigration[],
  { statements, fit }: RightsRequest,
): Map<number, StepRights> {
  const rights = new Map<number, StepRights>();
  const defaults = statements.filter(
    ({ kind, effect }) => kind === 'AlterDefaultPrivilegesStmt' && effect?.failed === undefined,
  );
  const applied = defaults.filter(({ ordinal }) => fit.applied.has(ordinal));
  if (applied.length === 0) return rights;
  for (const stretch of migrations.flatMap(({ steps }) => getStretches(steps, applied))) {
    const [first, last] = [stretch[0]!.ordinal, stretch.at(-1)!.ordinal];
    const later = applied.filter(({ ordinal }) => ordinal > last);
    const isMaking = stretch.some(({ ordinal }) => isMakingObjects(statements[ordinal]!));
    if (later.length === 0 || !isMaking) continue;
    const earlier = defaults.filter(({ ordinal }) => ordinal < first);
    const inForce = [...earlier.filter(({ ordinal }) => !fit.applied.has(ordinal)), ...applied];
    const undone = inForce.flatMap(({ effect }) => effect?.undo ?? []).reverse();
    rights.set(first, { before: [...undone, ...earlier.map(({ sql }) => sql)] });
    rights.set(last, { ...rights.get(last), after: later.map(({ sql }) => sql) });
  }
  return rights;
}

/** Steps between which no default privileges change that are in force already. */
function getStretches(
  steps: readonly Step[],
  applied: readonly PlannableStatement[],
): readonly (readonly Step[])[] {
  const stretches: Step[][] = [];
  let before = -1;
  for (const step of steps.filter(({ session }) => !session)) {
    const isCut = applied.some(({ ordinal }) => ordinal > before && ordinal < step.ordinal);
    if (stretches.length === 0 || isCut) stretches.push([]);
    stretches.at(-1)!.push(step);
    before = step.ordinal;
  }
  return stretches;
}

const WITH_RIGHTS =
  /^(?:table|partition|sequence|view|materialized view|foreign table|function|procedure|type) /;

function isMakingObjects({ effect }: PlannableStatement): boolean {
  if (effect === null) return false;
  return effect.creates.length > 0 || effect.parts.some(([, part]) => WITH_RIGHTS.test(part));
}

/** What GRANT … ON ALL TABLES leaves alone: what earlier runs made, but for what it is late for. */
function getSpared(
  migrations: readonly PlannedMigration[],
  { statements, observation, fit }: RightsRequest,
): readonly (readonly [ordinal: number, spared: readonly SparedObject[]])[] {
  const steps = migrations.flatMap((migration) => migration.steps);
  const late = steps.filter(({ ordinal }) => statements[ordinal]!.effect?.repeatable === true);
  if (late.length === 0 || observation === null) return [];
  const made = getMade(statements, fit);
  return late.flatMap(({ ordinal }) => {
    const own = new Set(fit.applied.has(ordinal) ? [] : statements[ordinal]!.effect!.writes);
    const spared = [...made]
      .filter((object) => !own.has(object))
      .map((object) => observation.objects[object]!)
      .filter(({ type, gone }) => gone !== true && WITH_RIGHTS.test(`${type} `))
      .map(({ type, identity }): SparedObject => ({ type, identity }));
    return spared.length === 0 ? [] : [[ordinal, spared] as const];
  });
}

/** What applied statements made: also the table that was a partition, which is its own from DETACH on. */
function getMade(
  statements: readonly PlannableStatement[],
  { applied }: RightsRequest['fit'],
): ReadonlySet<ObjectRef> {
  const makers = new Map<ObjectRef, number>();
  for (const { ordinal, effect } of statements) {
    for (const object of effect?.writes ?? []) if (!makers.has(object)) makers.set(object, ordinal);
  }
  return new Set([...makers].filter(([, maker]) => applied.has(maker)).map(([object]) => object));
}
