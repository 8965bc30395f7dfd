import type { ObjectRef } from '../model/observation.js';
import type { Reason } from '../model/slice.js';
import type { Graph } from './graph.js';
import { createReasons } from './reasons.js';

/** The statements that some table needs, which may be asked for one day. */
export type Universe = Pick<ReadonlySet<number>, 'has'>;

export interface ClosureRequest {
  readonly tables: readonly ObjectRef[];
  /** Statements that run in any case (idle ones that meet rows). */
  readonly forced?: readonly number[];
  /** Statements of repeatable migrations that run again. */
  readonly again?: readonly number[];
  /** Keep what was not observed, whatever it names. Default: false. */
  readonly unobserved?: boolean;
  /**
   * Rule order-free: statements that some table needs; null leaves the rule out (`--alone`), and `kept` takes for them what
   * turns out to be kept.
   */
  readonly universe: Universe | 'kept' | null;
}

export interface Closure {
  readonly kept: ReadonlySet<number>;
  readonly objects: ReadonlySet<ObjectRef>;
  /** Why each is kept, in the order of the history. */
  getReasons(): ReadonlyMap<number, Reason>;
}

/**
 * The statements that the tables need: whoever writes a needed object is kept, and a kept statement's needs are
 * needed. What else it wrote is not. Each step has a single premise, so the closure of two tables together is
 * the union of their closures.
 */
export function getClosure(graph: Graph, request: ClosureRequest): Closure {
  const { observation, writers, conditional, late, enlarged } = graph;
  const { universe } = request;
  const reasons = createReasons(observation);
  const objects = new Set<ObjectRef>();
  const kept = new Set<number>();
  const queue: (readonly ['object' | 'statement', number])[] = [];
  // Statements that are kept, by one that must come before them and is not kept yet.
  const followers = new Map<number, number[]>();

  const addObject = (object: ObjectRef): void => {
    if (objects.has(object)) return;
    objects.add(object);
    queue.push(['object', object]);
  };
  const addStatement = (ordinal: number): void => {
    if (kept.has(ordinal)) return;
    kept.add(ordinal);
    queue.push(['statement', ordinal]);
  };

  for (const table of request.tables) {
    reasons.addRoot(table);
    addObject(table);
  }
  for (const [ordinal, { effect }] of observation.statements.entries()) {
    if (effect.always === true) {
      reasons.addStatement(ordinal, 'always', null);
      addStatement(ordinal);
    }
  }
  for (const ordinal of request.unobserved === true ? graph.failed : []) {
    reasons.addStatement(ordinal, 'unobserved', null);
    addStatement(ordinal);
  }
  for (const ordinal of request.forced ?? []) {
    reasons.addStatement(ordinal, 'live', null);
    addStatement(ordinal);
  }

  const addEarlier = (earlier: number, later: number): void => {
    reasons.addEarlier(earlier, later);
    addStatement(earlier);
    for (const written of observation.statements[earlier]!.effect.writes) {
      reasons.addObjectOf(written, earlier);
      addObject(written);
    }
  };
  const addFollower = (earlier: number, later: number): void => {
    const known = followers.get(earlier);
    if (known === undefined) followers.set(earlier, [later]);
    else known.push(later);
  };
  const visitObject = (object: ObjectRef): void => {
    for (const ordinal of writers.get(object) ?? []) {
      reasons.addStatement(ordinal, 'wanted', object);
      addStatement(ordinal);
      for (const [needed, via] of conditional[ordinal]!.get(object) ?? []) {
        reasons.addObject(needed, object, via);
        addObject(needed);
      }
    }
    for (const ordinal of enlarged.get(object) ?? []) {
      reasons.addStatement(ordinal, 'proof', object);
      addStatement(ordinal);
    }
    for (const needed of late.get(object) ?? []) {
      reasons.addObject(needed, object, '');
      addObject(needed);
    }
  };
  const visitStatement = (ordinal: number): void => {
    const { effect } = observation.statements[ordinal]!;
    for (const needed of effect.needs) {
      reasons.addObjectOf(needed, ordinal);
      addObject(needed);
    }
    for (const later of followers.get(ordinal) ?? []) addEarlier(ordinal, later);
    if (universe === null) return;
    for (const earlier of effect.before ?? []) {
      if (universe === 'kept' ? kept.has(earlier) : universe.has(earlier)) addEarlier(earlier, ordinal);
      else if (universe === 'kept') addFollower(earlier, ordinal);
    }
  };
  let at = 0;
  const drain = (): void => {
    for (; at < queue.length; at += 1) {
      const next = queue[at]!;
      if (next[0] === 'object') visitObject(next[1]);
      else visitStatement(next[1]);
    }
  };

  // What is wanted anyway keeps that for its reason.
  drain();
  for (const ordinal of request.again ?? []) {
    reasons.addStatement(ordinal, 'again', null);
    addStatement(ordinal);
  }

  // What was not observed needs objects of its own, which others that were not may be about.
  for (let before = -1; before !== kept.size; ) {
    drain();
    before = kept.size;
    for (const [ordinal, object] of getUnobserved(graph, objects)) {
      reasons.addStatement(ordinal, 'unobserved', object);
      addStatement(ordinal);
    }
  }
  return { kept, objects, getReasons: () => reasons.getReasons(kept) };
}

/**
 * What failed while observing is kept where it names a wanted object; with it the earlier failures that make
 * what others stand on (an extension that the scratch server lacks).
 */
function getUnobserved(
  { observation, failed }: Graph,
  objects: ReadonlySet<ObjectRef>,
): readonly (readonly [ordinal: number, names: ObjectRef | null])[] {
  const named = failed.map((ordinal) =>
    observation.statements[ordinal]!.effect.needs.find(
      (object) => objects.has(object) && observation.objects[object]!.type !== 'schema',
    ),
  );
  const last = named.findLastIndex((object) => object !== undefined);
  return failed.flatMap((ordinal, at) => {
    const object = named[at];
    if (object !== undefined) return [[ordinal, object] as const];
    const isBefore = at < last && observation.statements[ordinal]!.kind === 'CreateExtensionStmt';
    return isBefore ? [[ordinal, named[last]!] as const] : [];
  });
}
