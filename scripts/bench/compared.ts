import type { Entry, Measurement } from './result.js';
import { getMedian, getRatio } from './statistics.js';

/** The peer with the least median; null where none came to an end. */
export function getBestPeer({ entries }: Measurement): Entry | null {
  const peers = entries.filter(({ role, values }) => role === 'peer' && values.length > 0);
  return peers.reduce<Entry | null>(
    (best, one) => (best === null || getMedian(one.values) < getMedian(best.values) ? one : best),
    null,
  );
}

export const findEntry = ({ entries }: Measurement, name: string): Entry | null =>
  entries.find((entry) => entry.name === name && entry.values.length > 0) ?? null;

/** How many times as much as the other; null where one of them has no values. */
export function getEntryRatio(entry: Entry | null, other: Entry | null): number | null {
  if (entry === null || other === null || entry.values.length === 0 || other.values.length === 0) return null;
  return getRatio(entry.values, other.values);
}
