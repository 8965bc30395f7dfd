import type { ObjectRef } from '../model/observation.js';
import { type Closure, getClosure } from './closure.js';
import type { Graph, SliceSource } from './graph.js';

/** What the history made and left. */
export function getLeftObjects({ objects }: Pick<SliceSource, 'objects'>): readonly ObjectRef[] {
  return objects.flatMap(({ environment, gone }, object) => (environment || gone ? [] : [object]));
}

/**
 * Rule order-free: the statements that any of the objects needs, if it is asked for one day. What must come along with
 * those is needed, too, and brings more of its kind.
 */
export function getUniverse(graph: Graph, objects: readonly ObjectRef[]): ReadonlySet<number> {
  const get = (universe: ReadonlySet<number> | null): ReadonlySet<number> =>
    new Set(getClosure(graph, { tables: objects, universe }).kept.keys());
  let universe = get(null);
  for (let before = 0; before !== universe.size; ) {
    before = universe.size;
    universe = get(universe);
  }
  return universe;
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
