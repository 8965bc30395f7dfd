import { PlinthError } from '../errors.js';
import type { History } from '../model/history.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import type { Step } from '../model/plan.js';
import type { Slice } from '../model/slice.js';
import type { LedgerFit } from './ledger-check.js';
import type { PlannableStatement } from './plannable.js';

export interface AdoptionRequest {
  readonly observation: Observation;
  readonly statements: readonly PlannableStatement[];
  /** What is asked for. */
  readonly slice: Pick<Slice, 'kept' | 'objects' | 'idle'>;
  /** Ordinals that the ledger has. */
  readonly applied: ReadonlySet<number>;
  /** Objects that are in the database as the history leaves them, and that no ledger knows. */
  readonly equal: ReadonlySet<ObjectRef>;
  /** Objects that are there, and other ones: nobody is to make them. Default: none. */
  readonly present?: ReadonlySet<ObjectRef>;
}

/** Which statements count as applied because what they leave is there. */
export interface AdoptedStatements {
  /** Ordinals, in order. */
  readonly adopted: readonly number[];
  /** Ordinals that also make what is not there: what they wrote of the rest cannot be adopted without them. */
  readonly mixed: readonly number[];
}

// They say the same again without harm.
const REPEATABLE: ReadonlySet<string> = new Set(['GrantStmt', 'CommentStmt', 'AlterDefaultPrivilegesStmt']);

/**
 * Divides the statements that the slice has and the ledger has not into those whose outcome is there and those that are
 * still to run. What the history took away again, and nothing that is still to run needs, counts as there.
 */
export function getAdoptedStatements(request: AdoptionRequest): AdoptedStatements {
  const { observation, statements, slice, applied, equal, present = new Set() } = request;
  const isGone = (object: ObjectRef): boolean => observation.objects[object]?.gone === true;
  const isAround = (object: ObjectRef): boolean => observation.objects[object]?.environment === true;
  const pending = statements.filter(
    ({ ordinal, session, effect }) =>
      slice.kept.has(ordinal) && !applied.has(ordinal) && !session && effect?.failed === undefined,
  );
  const isToMake = (object: ObjectRef): boolean =>
    slice.objects.has(object) &&
    !equal.has(object) &&
    !present.has(object) &&
    !isGone(object) &&
    !isAround(object);
  const toRun = getStatementsToRun(pending, isToMake, isGone);
  const isAboutEqual = ({ effect }: PlannableStatement): boolean =>
    effect?.writes.some((object) => equal.has(object)) === true;
  const isOver = ({ effect }: PlannableStatement): boolean => {
    const writes = effect?.writes.filter((object) => !isAround(object)) ?? [];
    return writes.length > 0 && writes.every((object) => equal.has(object) || isGone(object));
  };
  const made = pending.filter(
    (s) => !toRun.has(s.ordinal) && s.effect?.always !== true && (isAboutEqual(s) || isOver(s)),
  );
  // On an empty table they did nothing; these tables have been through all of it.
  const idle = statements.filter(
    ({ ordinal, effect }) =>
      slice.idle.has(ordinal) &&
      !applied.has(ordinal) &&
      effect?.targets?.every((object) => equal.has(object) || isGone(object)) === true,
  );
  return {
    adopted: [...made, ...idle].map(({ ordinal }) => ordinal).sort((a, b) => a - b),
    mixed: pending
      .filter((s) => toRun.has(s.ordinal) && !REPEATABLE.has(s.kind) && isAboutEqual(s))
      .map(({ ordinal }) => ordinal),
  };
}

/** What makes objects that are not there, and what makes that, which the history may have taken away since. */
function getStatementsToRun(
  pending: readonly PlannableStatement[],
  isToMake: (object: ObjectRef) => boolean,
  isGone: (object: ObjectRef) => boolean,
): ReadonlySet<number> {
  const toRun = new Set<number>();
  const needed = new Set<ObjectRef>();
  for (let before = -1; before !== toRun.size; ) {
    before = toRun.size;
    for (const { ordinal, effect } of pending) {
      if (toRun.has(ordinal) || effect === null || effect.always === true) continue;
      if (!effect.writes.some((object) => isToMake(object) || needed.has(object))) continue;
      toRun.add(ordinal);
      const conditional = effect.conditional.filter(([object]) => isToMake(object)).map(([, need]) => need);
      for (const need of [...effect.needs, ...conditional]) if (isGone(need)) needed.add(need);
    }
  }
  return toRun;
}

/**
 * What is to run must not have been written for tables as they were before what is adopted (docs/slicing.md, Order-free).
 *
 * @throws ADOPTED_AHEAD
 */
export function ensureFitsAdopted(
  { history, statements, observation }: Fitted,
  { adopted, applied }: Pick<LedgerFit, 'adopted' | 'applied'>,
  steps: readonly Step[],
): void {
  if (adopted.size === 0) return;
  const pending = new Map(
    steps
      .filter(({ ordinal, kind, session }) => !applied.has(ordinal) && !session && !REPEATABLE.has(kind))
      .map((step) => [step.ordinal, step]),
  );
  for (const { ordinal, migration, file, line, effect } of statements) {
    if (!adopted.has(ordinal)) continue;
    const step = effect?.before?.map((earlier) => pending.get(earlier)).find((found) => found !== undefined);
    if (step === undefined) continue;
    const table = effect!.writes
      .map((object) => observation?.objects[object])
      .find((object) => object?.gone !== true);
    const later = renderPlace({ migrationName: history.migrations[migration]!.name, file, line });
    const args = { place: renderPlace(step), later, table: table?.identity ?? '?' };
    throw new PlinthError('ADOPTED_AHEAD', args);
  }
}

interface Fitted {
  readonly history: History;
  readonly statements: readonly PlannableStatement[];
  readonly observation: Observation | null;
}
