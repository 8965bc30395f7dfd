import type { Entry, Measurement } from './result.js';
import { getMedian, getPercentile, getQuotients, getRatio, getSpread } from './statistics.js';

/** The part of a measurement that figures hang on. */
type Compared = Pick<Measurement, 'entries' | 'statistic'>;

const hasValues = ({ values }: Entry): boolean => values.length > 0;

/** What the values of an entry come to; NaN where there are none. */
export function getFigure({ statistic }: Pick<Measurement, 'statistic'>, { values }: Entry): number {
  return statistic === 'p95' ? getPercentile(values, 0.95) : getMedian(values);
}

/** The peers that came to an end, those with the least figures first. */
export function getBestPeers(measurement: Compared, most = Infinity): readonly Entry[] {
  return measurement.entries
    .filter((entry) => entry.role === 'peer' && hasValues(entry))
    .sort((one, other) => getFigure(measurement, one) - getFigure(measurement, other))
    .slice(0, most);
}

/** The peer with the least figure; null where none came to an end. */
export const getBestPeer = (measurement: Compared): Entry | null => getBestPeers(measurement, 1)[0] ?? null;

/** Those that all others are compared with: the best peer, and the floor. */
export function getReferences(measurement: Compared): readonly Entry[] {
  const floor = measurement.entries.find((entry) => entry.role === 'floor' && hasValues(entry)) ?? null;
  return [getBestPeer(measurement), floor].filter((one) => one !== null);
}

/** Whether every ratio of those that came to an end is known this well: its confidence interval is no wider than `most`, as a quotient. */
export function isSettled(entries: readonly Entry[], most: number): boolean {
  const here = entries.filter(hasValues);
  return getReferences({ entries }).every((reference) =>
    here.every(
      (entry) => entry === reference || getSpread(getQuotients(entry.values, reference.values)) <= most,
    ),
  );
}

export const findEntry = ({ entries }: Measurement, name: string): Entry | null =>
  entries.find((entry) => entry.name === name && hasValues(entry)) ?? null;

/** How many times as much as the other; null where one of them has no values. */
export function getEntryRatio(
  measurement: Measurement,
  entry: Entry | null,
  other: Entry | null,
): number | null {
  if (entry === null || other === null || !hasValues(entry) || !hasValues(other)) return null;
  if (measurement.statistic !== undefined)
    return getFigure(measurement, entry) / getFigure(measurement, other);
  return getRatio(entry.values, other.values);
}
