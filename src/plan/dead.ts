import type { Observation } from '../model/observation.js';
import type { PlannableStatement } from './plannable.js';

/**
 * Statements about objects that an earlier run made and that the history takes away in the end. On an empty database
 * nothing needs them; where everything is asked for, they take away what is there.
 */
export function getDeadOrdinals(
  statements: readonly PlannableStatement[],
  applied: ReadonlySet<number>,
  observation: Observation | null,
): readonly number[] {
  if (observation === null || applied.size === 0) return [];
  const dead = new Set(
    statements
      .filter(({ ordinal }) => applied.has(ordinal))
      .flatMap(({ effect }) => effect?.creates ?? [])
      .filter((object) => observation.objects[object]?.gone === true),
  );
  if (dead.size === 0) return [];
  return statements
    .filter(
      ({ ordinal, effect }) => !applied.has(ordinal) && effect?.writes.some((object) => dead.has(object)),
    )
    .map(({ ordinal }) => ordinal);
}
