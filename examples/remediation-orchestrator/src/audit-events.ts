import { createHash } from 'node:crypto';
import type { RecordedEvent, RemediationRequest } from './request.js';

/** Writes a row that is not there yet; what was written before, by whomever, stays the one row. */
export const INSERT_SQL = `
  INSERT INTO audit_events (event_id, event_timestamp, event_date, event_type, event_category, event_action,
    event_outcome, actor_type, actor_id, resource_type, resource_id, resource_name, correlation_id, namespace, event_data)
  VALUES ($1, $2, ($2::timestamptz AT TIME ZONE 'UTC')::date, $3, 'orchestration', $4,
    $5, 'service', 'remediationorchestrator', 'RemediationRequest', $6, $7, $7, $8, $9)
  ON CONFLICT (event_id, event_date) DO NOTHING`;

/** The parameters of INSERT_SQL for the event at a place of a request's list. */
export function getInsertValues(
  { metadata }: RemediationRequest,
  index: number,
  event: RecordedEvent,
): readonly unknown[] {
  const action = event.type.slice(event.type.lastIndexOf('.') + 1);
  const isFailure = action === 'failed' || action === 'rejected';
  return [
    createEventId(metadata.uid, index),
    event.at,
    event.type,
    action,
    isFailure ? 'failure' : 'success',
    metadata.uid,
    metadata.name,
    metadata.namespace,
    JSON.stringify({ from: event.from, to: event.to, reason: event.reason }),
  ];
}

/** The same id for the same event, whoever writes it and however often (UUID version 8, RFC 9562). */
export function createEventId(uid: string, index: number): string {
  const bytes = createHash('sha256').update(`${uid}/${index}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
