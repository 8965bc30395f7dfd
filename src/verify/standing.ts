import type { Difference } from '../model/fact.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import type { Expectation } from './expected.js';

/** How an object of a history stands in a database; `unknown`: the catalogue tells nothing of its kind, or nobody knows what it should be. */
export type Standing = 'equal' | 'different' | 'missing' | 'unknown';

/** How each of the objects stands, by the differences that were found of what is expected of them. */
export function getStandings(
  { objects }: Observation,
  wanted: Iterable<ObjectRef>,
  { refs, unknown }: Expectation,
  differences: readonly Difference[],
): ReadonlyMap<ObjectRef, Standing> {
  const compared = new Set(refs.values());
  const unclear = new Set(unknown);
  const missing = new Set<ObjectRef>();
  const different = new Set<ObjectRef>();
  for (const { object, kind, found } of differences) {
    const ref = refs.get(object);
    if (ref === undefined) continue;
    const { type, identity } = objects[ref]!;
    if (kind === 'missing' && found === null && object === `${type} ${identity}`) missing.add(ref);
    else different.add(ref);
  }
  return new Map(
    [...wanted].map((ref) => {
      if (missing.has(ref)) return [ref, 'missing'];
      if (different.has(ref)) return [ref, 'different'];
      return [ref, compared.has(ref) && !unclear.has(objects[ref]!.identity) ? 'equal' : 'unknown'];
    }),
  );
}
