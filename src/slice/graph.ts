import type { ObjectRef, Observation, ObservedStatement } from '../model/observation.js';

/** What of an observation slices are chosen from. */
export interface SliceSource extends Pick<Observation, 'objects' | 'late' | 'enlarged'> {
  readonly statements: readonly Pick<ObservedStatement, 'kind' | 'effect'>[];
}

/** An observation prepared for lookups; made once for many slices. */
export interface Graph {
  readonly observation: SliceSource;
  /** Statements that write an object, in history order. */
  readonly writers: ReadonlyMap<ObjectRef, readonly number[]>;
  /** Per statement and object: what that object needs if it is wanted. */
  readonly conditional: readonly ReadonlyMap<ObjectRef, readonly (readonly [ObjectRef, string])[]>[];
  readonly late: ReadonlyMap<ObjectRef, readonly ObjectRef[]>;
  /** Statements that a proof found an object to need. */
  readonly enlarged: ReadonlyMap<ObjectRef, readonly number[]>;
  /** Statements that failed while observing, with what they mention. */
  readonly failed: readonly number[];
}

export function createGraph(observation: SliceSource): Graph {
  const writers = new Map<ObjectRef, number[]>();
  const failed: number[] = [];
  const conditional = observation.statements.map(({ effect }, ordinal) => {
    if (effect.failed !== undefined) failed.push(ordinal);
    else if (effect.idle !== true && effect.always !== true) {
      for (const object of effect.writes) {
        const list = writers.get(object);
        if (list === undefined) writers.set(object, [ordinal]);
        else list.push(ordinal);
      }
    }
    const needs = new Map<ObjectRef, (readonly [ObjectRef, string])[]>();
    for (const [object, needed, via] of effect.conditional) {
      const list = needs.get(object);
      if (list === undefined) needs.set(object, [[needed, via]]);
      else list.push([needed, via]);
    }
    return needs;
  });
  const late = new Map(observation.late);
  const enlarged = new Map(observation.enlarged ?? []);
  return { observation, writers, conditional, late, enlarged, failed };
}
