import type { ObjectRef, Observation } from '../model/observation.js';
import type { PlannableStatement } from './plannable.js';

/**
 * Statements that take away, and make anew, what stands on objects that the run changes: a view that an earlier run made
 * is in the way of ALTER COLUMN, unless the history's DROP VIEW comes along, and with it the view that takes its place.
 */
export function getDependentOrdinals(
  statements: readonly PlannableStatement[],
  applied: ReadonlySet<number>,
  observation: Observation | null,
  kept: { has(ordinal: number): boolean },
): readonly number[] {
  if (observation === null || applied.size === 0) return [];
  const pending = statements.filter(({ ordinal }) => !applied.has(ordinal));
  const changed = new Set(
    pending.filter(({ ordinal }) => kept.has(ordinal)).flatMap(({ effect }) => effect?.writes ?? []),
  );
  const displaced = new Set<ObjectRef>();
  for (const { ordinal, effect } of statements) {
    if (!applied.has(ordinal) || effect === null) continue;
    for (const [object, needed] of effect.conditional) {
      if (observation.objects[object]?.gone === true && changed.has(needed)) displaced.add(object);
    }
  }
  if (displaced.size === 0) return [];
  const names = new Set([...displaced].map((object) => renderName(observation, object)));
  return pending
    .filter(({ effect }) =>
      effect?.writes.some((object) => displaced.has(object) || names.has(renderName(observation, object))),
    )
    .map(({ ordinal }) => ordinal);
}

const renderName = ({ objects }: Observation, object: ObjectRef): string =>
  `${objects[object]!.type} ${objects[object]!.identity}`;
