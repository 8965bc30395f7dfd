import type { ConditionalNeed, Effect, ObjectRef } from '../model/observation.js';

/** An effect as a lock file has it (docs/lock-file.md): what every effect has under short names, without what is empty. */
export type WrittenEffect = Partial<
  Omit<Effect, 'writes' | 'needs' | 'conditional' | 'parts' | 'creates'>
> & {
  /** writes */
  readonly w?: readonly ObjectRef[];
  /** needs, but for those that it writes, too */
  readonly n?: readonly ObjectRef[];
  /** writes that it does not need */
  readonly u?: readonly ObjectRef[];
  /** conditional, by number in the list of all */
  readonly c?: readonly number[];
  /** parts, by object */
  readonly p?: readonly (readonly [ObjectRef, ...string[]])[];
  /** creates */
  readonly m?: readonly ObjectRef[];
  /** before */
  readonly b?: readonly number[];
};

export function writeEffect(effect: Effect, getNumber: (need: ConditionalNeed) => number): WrittenEffect {
  const { writes, needs, conditional, parts, creates, before, ...rest } = effect;
  const written = {
    w: writes,
    n: needs.filter((object) => !writes.includes(object)),
    u: writes.filter((object) => !needs.includes(object)),
    c: conditional.map(getNumber),
    p: writeParts(parts),
    m: creates,
  };
  const full = Object.entries(written).filter(([, list]) => list.length > 0);
  return { ...Object.fromEntries(full), ...(before === undefined ? {} : { b: before }), ...rest };
}

export function readEffect(written: WrittenEffect, conditional: readonly ConditionalNeed[]): Effect {
  const { w = [], n = [], u = [], c = [], p = [], m = [], b, ...rest } = written;
  return {
    writes: w,
    needs: [...w.filter((object) => !u.includes(object)), ...n].sort((one, other) => one - other),
    conditional: c.map((number) => conditional[number]!),
    parts: p.flatMap(([object, ...names]) => names.map((name) => [object, name] as const)),
    creates: m,
    ...rest,
    ...(b === undefined ? {} : { before: b }),
  };
}

function writeParts(parts: Effect['parts']): NonNullable<WrittenEffect['p']> {
  const byObject = new Map<ObjectRef, Set<string>>();
  for (const [object, name] of parts) byObject.set(object, (byObject.get(object) ?? new Set()).add(name));
  return [...byObject].map(([object, names]) => [object, ...names] as const);
}
