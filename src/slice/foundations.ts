import type { ObjectRef } from '../model/observation.js';
import type { Graph } from './graph.js';
import { getObjectName } from './reasons.js';

/** A table stands on another. */
export interface Foundation {
  readonly on: ObjectRef;
  /** What lies between the two: `constraint orders_fk`, or `trigger trg` and `function f()`, `(gone)` where the history took it away; empty where a statement names both. */
  readonly via: readonly string[];
}

/**
 * What each of the tables stands on directly: the other tables that a slice reaches from it without passing a third one.
 * Following these to the end leads to the tables of its slice, as far as nothing is kept for the order of arrival.
 */
export function getFoundations(
  graph: Graph,
  tables: ReadonlySet<ObjectRef>,
): ReadonlyMap<ObjectRef, readonly Foundation[]> {
  return new Map([...tables].map((table) => [table, getFoundationsOf(graph, table, tables)]));
}

function getFoundationsOf(graph: Graph, table: ObjectRef, tables: ReadonlySet<ObjectRef>): Foundation[] {
  const found = new Map<ObjectRef, Foundation>();
  const seen = new Set([table]);
  const queue: (readonly [object: ObjectRef, via: readonly string[]])[] = [[table, []]];
  for (let at = 0; at < queue.length; at += 1) {
    const [object, via] = queue[at]!;
    for (const [needed, part] of getNeeds(graph, object)) {
      if (seen.has(needed)) continue;
      seen.add(needed);
      const way = part === '' ? via : [...via, part];
      if (tables.has(needed)) found.set(needed, { on: needed, via: way });
      else queue.push([needed, [...way, getName(graph, needed)]]);
    }
  }
  return [...found.values()];
}

function getName({ observation }: Graph, object: ObjectRef): string {
  const name = getObjectName(observation, object);
  return observation.objects[object]!.gone === true ? `${name} (gone)` : name;
}

/** One step of a slice's closure; parts first, which say more than the statement that has them. */
function* getNeeds(graph: Graph, object: ObjectRef): Generator<readonly [ObjectRef, string]> {
  const { observation, writers, conditional, late, enlarged } = graph;
  const own = writers.get(object) ?? [];
  for (const ordinal of own) yield* conditional[ordinal]!.get(object) ?? [];
  for (const needed of late.get(object) ?? []) yield [needed, ''];
  for (const ordinal of [...own, ...(enlarged.get(object) ?? [])]) {
    for (const needed of observation.statements[ordinal]!.effect.needs) yield [needed, ''];
  }
}
