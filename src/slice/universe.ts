import type { ObjectRef } from '../model/observation.js';
import { type Closure, getClosure, type Universe } from './closure.js';
import type { Graph, SliceSource } from './graph.js';

/** What the history made and left. */
export function getLeftObjects({ objects }: Pick<SliceSource, 'objects'>): readonly ObjectRef[] {
  return objects.flatMap(({ environment, gone }, object) => (environment || gone ? [] : [object]));
}

/**
 * Rule order-free: the statements that any of the objects needs, if it is asked for one day. What must come along with
 * those is needed, too, and brings more of its kind. All of them are found only where the question is not answered by the
 * objects that a statement writes.
 */
export function createUniverse(graph: Graph, objects: readonly ObjectRef[]): Universe {
  const { observation, writers } = graph;
  const wanted = new Set(objects);
  let all: ReadonlySet<number> | null = null;
  return {
    has(ordinal) {
      if (all !== null) return all.has(ordinal);
      const { writes } = observation.statements[ordinal]!.effect;
      if (writes.some((object) => wanted.has(object) && writers.get(object)?.includes(ordinal))) return true;
      all = getClosure(graph, { tables: objects, universe: 'kept' }).kept;
      return all.has(ordinal);
    },
  };
}

/** Idle data statements about needed tables. */
export function getIdle({ observation }: Graph, { objects, kept }: Closure): ReadonlySet<number> {
  const idle = new Set<number>();
  for (const [ordinal, { effect }] of observation.statements.entries()) {
    if (effect.idle !== true || kept.has(ordinal)) continue;
    if (effect.targets?.some((target) => objects.has(target)) === true) idle.add(ordinal);
  }
  return idle;
}
