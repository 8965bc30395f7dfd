import type { Observation } from '../model/observation.js';
import type { OutsidePartitions } from '../model/slice.js';

const NOTHING_OUTSIDE: OutsidePartitions = { statements: new Set(), partitions: new Set() };

/**
 * The statements among `kept` that a slice can do without, because the partitions that they are about are `unwanted`.
 * A partition that another kept statement speaks of, or puts rows into, stays, and with it all that is about it.
 */
export function getOutsidePartitions(
  { statements }: Observation,
  kept: Iterable<number>,
  unwanted: ReadonlySet<string>,
): OutsidePartitions {
  if (unwanted.size === 0) return NOTHING_OUTSIDE;
  const left = new Set(unwanted);
  const concerned = [...kept].filter((ordinal) => statements[ordinal]!.effect.partitions !== undefined);
  const isOutside = (ordinal: number): boolean => {
    const { only, partitions = [] } = statements[ordinal]!.effect;
    return only === true && partitions.every((partition) => left.has(partition));
  };
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const ordinal of concerned) {
      if (isOutside(ordinal)) continue;
      for (const partition of statements[ordinal]!.effect.partitions ?? []) left.delete(partition);
    }
  }
  return { statements: new Set(concerned.filter(isOutside)), partitions: left };
}
