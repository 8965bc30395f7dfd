import { PostgresNotReadyError } from '../errors.js';
import type { Row } from './session.js';

/** What the first query tells about the server, beside its own answer. */
export interface ServerFacts {
  readonly pid: number;
  /** pg_postmaster_start_time(), as text. */
  readonly started: string;
  readonly standby: boolean;
  readonly readOnly: boolean;
}

/** Columns to fold into a query that is sent anyway. */
export const FACT_COLUMNS = `pg_catalog.pg_backend_pid() as fact_pid,
  pg_catalog.pg_postmaster_start_time()::text as fact_started,
  pg_catalog.pg_is_in_recovery() as fact_standby,
  pg_catalog.current_setting('transaction_read_only') = 'on' as fact_read_only`;

/** Reads FACT_COLUMNS back. */
export function parseFacts(row: Row): ServerFacts {
  return {
    pid: Number(row['fact_pid']),
    started: String(row['fact_started']),
    standby: row['fact_standby'] === true,
    readOnly: row['fact_read_only'] === true,
  };
}

/** Throws READ_ONLY where nothing can be written: on a standby, or where transactions are read-only. */
export function ensureWritable(facts: ServerFacts, target: string): void {
  if (!facts.standby && !facts.readOnly) return;
  throw new PostgresNotReadyError('READ_ONLY', { target, standby: facts.standby });
}
