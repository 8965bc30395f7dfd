import type { Observation } from '../model/observation.js';
import { parseTimeRange } from './time-ranges.js';

/** A stretch of time as ISO 8601 instants, `to` exclusive. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

/**
 * Range partitions by time that the window does not touch, by their names, with those that the history took away
 * again. Default partitions, and those whose bounds are no times, are always inside.
 */
export function getPartitionsOutside(observation: Observation, window: Window): ReadonlySet<string> {
  const from = Date.parse(window.from);
  const to = Date.parse(window.to);
  const known = new Map<string, boolean>();
  const tables = new Set<number>();
  for (const { of, partitions = [] } of observation.facts) {
    for (const [identity, bounds] of partitions.flatMap((group) => group.tables)) {
      const range = parseTimeRange(`FOR VALUES ${bounds}`);
      if (range !== null) tables.add(of);
      known.set(identity, range !== null && (range.to <= from || range.from > to));
    }
  }
  const gone = observation.statements.flatMap(({ effect }) =>
    (effect.partitions ?? []).filter(
      (identity) => !known.has(identity) && effect.writes.some((table) => tables.has(table)),
    ),
  );
  return new Set([...[...known].filter(([, isOutside]) => isOutside).map(([identity]) => identity), ...gone]);
}
