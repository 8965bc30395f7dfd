import type { TimeRanges } from '../model/fact.js';

/** Tables none of whose partitions takes a row of now; `FOR VALUES FROM (…) TO (…)` holds its lower bound and not its upper one. */
export function getTablesWithoutNow(ranges: readonly TimeRanges[]): readonly TimeRanges[] {
  return ranges.filter(({ now, bounds }) => !bounds.some((bound) => isHolding(bound, now)));
}

// Of several columns only the first is time; where it is at the upper bound, the others decide.
const BOUNDS =
  /^FOR VALUES FROM \(((?:'[^']*'|[^',)]+))(,[\s\S]*)?\) TO \(((?:'[^']*'|[^',)]+))(?:,[\s\S]*)?\)$/;

/** When a partition begins, and when it ends, in milliseconds since 1970; null where its bounds are no times. */
export function parseTimeRange(bound: string): { readonly from: number; readonly to: number } | null {
  const found = BOUNDS.exec(bound);
  if (found === null) return null;
  const [from, to] = [getTime(found[1]!), getTime(found[3]!)];
  return Number.isNaN(from) || Number.isNaN(to) ? null : { from, to };
}

function isHolding(bound: string, now: string): boolean {
  if (bound === 'DEFAULT') return true;
  const found = BOUNDS.exec(bound);
  if (found === null) return false;
  const [from, more, to] = [getTime(found[1]!), found[2], getTime(found[3]!)];
  const at = getTime(`'${now}'`);
  return from <= at && (at < to || (more !== undefined && at === to));
}

// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT
function getTime(text: string): number {
  if (text === 'MINVALUE' || text === "'-infinity'") return Number.NEGATIVE_INFINITY;
  if (text === 'MAXVALUE' || text === "'infinity'") return Number.POSITIVE_INFINITY;
  const found = /^'(\d{4,})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d)?)?)?( BC)?'$/.exec(
    text,
  );
  if (found === null) return Number.NaN;
  const [, year, month, day, time = '00:00:00', zone = '+00', era] = found;
  // Before all that now can be, or after.
  if (era !== undefined) return Number.NEGATIVE_INFINITY;
  if (year!.length > 4) return Number.POSITIVE_INFINITY;
  return Date.parse(`${year}-${month}-${day}T${time}${zone.includes(':') ? zone : `${zone}:00`}`);
}
