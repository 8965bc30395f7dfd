import { createHash } from 'node:crypto';
import type { ResolvedPlanOptions } from '../options.js';
import type { Prepared } from './prepared.js';

/** Of what a selection is satisfied: the history, and the tool whose table was to be written. */
export function getSelectionDigest({ key }: Prepared, { writeLedger }: ResolvedPlanOptions): string {
  if (writeLedger === null) return key;
  const { tool, schema, table } = writeLedger;
  return createHash('sha256')
    .update(JSON.stringify([key, tool, schema, table]))
    .digest('hex');
}

/** What a selection is kept under in the ledger. */
export function getSelectionKey(options: ResolvedPlanOptions): string {
  const { tables, alone, declared, partitions } = options;
  const base = [[...tables].sort(), alone, declared === null ? null : [...declared].sort()];
  // By the day: what now means moves on.
  const days = partitions === null ? [] : [[partitions.from.slice(0, 10), partitions.to.slice(0, 10)]];
  const wanted = JSON.stringify([...base, ...days]);
  return createHash('sha256').update(wanted).digest('hex').slice(0, 32);
}
