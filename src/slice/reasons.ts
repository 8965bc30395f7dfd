import type { ObjectRef } from '../model/observation.js';
import type { Reason } from '../model/slice.js';
import type { SliceSource } from './graph.js';

/** Remembers, for everything that a closure keeps, by what it was first reached. */
export interface Reasons {
  addRoot(object: ObjectRef): void;
  /** `object` was reached from another object, by way of one of its parts. */
  addObject(object: ObjectRef, from: ObjectRef, via: string): void;
  /** `object` was reached because a kept statement needs it. */
  addObjectOf(object: ObjectRef, statement: number): void;
  addStatement(statement: number, why: Reason['why'], object: ObjectRef | null): void;
  /** `statement` must come before a kept one. */
  addEarlier(statement: number, later: number): void;
  getReasons(kept: ReadonlySet<number>): ReadonlyMap<number, Reason>;
}

type Origin = { readonly object: ObjectRef; readonly via: string } | { readonly statement: number } | null;

export function createReasons(observation: SliceSource): Reasons {
  const origins = new Map<ObjectRef, Origin>();
  const whys = new Map<number, { why: Reason['why']; object: ObjectRef | null; later: number | null }>();
  const chains = new Map<ObjectRef, readonly string[]>();

  const getStatementChain = (ordinal: number): readonly string[] => {
    const why = whys.get(ordinal);
    if (why === undefined) return [];
    if (why.later !== null) return getStatementChain(why.later);
    return why.object === null ? [] : getObjectChain(why.object);
  };
  const getObjectChain = (object: ObjectRef): readonly string[] => {
    const known = chains.get(object);
    if (known !== undefined) return known;
    chains.set(object, []); // a circle ends here
    const origin = origins.get(object) ?? null;
    const own = getObjectName(observation, object);
    const chain =
      origin === null
        ? [own]
        : 'statement' in origin
          ? [...getStatementChain(origin.statement), own]
          : [...getObjectChain(origin.object), ...(origin.via === '' ? [] : [origin.via]), own];
    chains.set(object, chain);
    return chain;
  };

  return {
    addRoot: (object) => void origins.set(object, null),
    addObject: (object, from, via) => {
      if (!origins.has(object)) origins.set(object, { object: from, via });
    },
    addObjectOf: (object, statement) => {
      if (!origins.has(object)) origins.set(object, { statement });
    },
    addStatement: (statement, why, object) => {
      if (!whys.has(statement)) whys.set(statement, { why, object, later: null });
    },
    addEarlier: (statement, later) => {
      if (!whys.has(statement)) whys.set(statement, { why: 'order', object: null, later });
    },
    getReasons: (kept) =>
      new Map(
        [...kept]
          .sort((a, b) => a - b)
          .map((ordinal) => {
            const { why, object } = whys.get(ordinal)!;
            const { creates, parts } = observation.statements[ordinal]!.effect;
            // What makes the object itself needs no further word; of an altered one the first part tells which side.
            const part =
              object === null || creates.includes(object)
                ? undefined
                : parts.find(([owner]) => owner === object);
            const chain = [...getStatementChain(ordinal), ...(part === undefined ? [] : [part[1]])];
            return [ordinal, { why, chain }] as const;
          }),
      ),
  };
}

/** How a chain names an object: tables and views by their name, others with their type. */
export function getObjectName({ objects }: Pick<SliceSource, 'objects'>, object: ObjectRef): string {
  const { type, identity } = objects[object]!;
  const name = identity.startsWith('public.') ? identity.slice('public.'.length) : identity;
  return type === 'table' ? name : `${type} ${name}`;
}
