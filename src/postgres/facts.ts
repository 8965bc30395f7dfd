import { PostgresNotReadyError } from '../errors.js';
import type { Row, Session } from './session.js';

/** What the first query tells about the server, beside its own answer. */
export interface ServerFacts {
  readonly pid: number;
  /** pg_postmaster_start_time(), as text. */
  readonly started: string;
  readonly standby: boolean;
  readonly readOnly: boolean;
  /** https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT */
  readonly synchronousCommit: string;
  /** Whether the server looks again and again that we are still there. */
  readonly isChecking: boolean;
}

/** Columns to fold into a query that is sent anyway. */
export const FACT_COLUMNS = `pg_catalog.pg_backend_pid() as fact_pid,
  pg_catalog.pg_postmaster_start_time()::text as fact_started,
  pg_catalog.pg_is_in_recovery() as fact_standby,
  pg_catalog.current_setting('transaction_read_only') = 'on' as fact_read_only,
  pg_catalog.current_setting('synchronous_commit') as fact_commit,
  pg_catalog.current_setting('client_connection_check_interval', true) as fact_check`;

/** Reads FACT_COLUMNS back. */
export function parseFacts(row: Row): ServerFacts {
  return {
    pid: Number(row['fact_pid']),
    started: String(row['fact_started']),
    standby: row['fact_standby'] === true,
    readOnly: row['fact_read_only'] === true,
    synchronousCommit: String(row['fact_commit']),
    isChecking: ![undefined, null, '', '0'].includes(row['fact_check'] as string),
  };
}

/** Reads the facts by themselves. */
export async function readFacts(session: Session): Promise<ServerFacts> {
  const [row] = await session.query(`select ${FACT_COLUMNS}`);
  return parseFacts(row!);
}

/** Throws READ_ONLY where nothing can be written: on a standby, or where transactions are read-only. */
export async function ensureWritable(session: Session, facts: ServerFacts, target: string): Promise<void> {
  if (!facts.standby && !facts.readOnly) return;
  const remedy = facts.standby ? null : await readRemedy(session);
  throw new PostgresNotReadyError('READ_ONLY', { target, standby: facts.standby, remedy });
}

// https://www.postgresql.org/docs/current/view-pg-settings.html (source)
const REMEDY = `select case s.source
  when 'database' then format('alter database %I reset', current_database())
  when 'user' then format('alter role %I reset', session_user)
  when 'database user' then format('alter role %I in database %I reset', session_user, current_database())
  when 'configuration file' then 'alter system reset'
  end as remedy from pg_catalog.pg_settings s where s.name = 'default_transaction_read_only'`;

async function readRemedy(session: Session): Promise<string | null> {
  const [row] = await session.query(REMEDY);
  const remedy = row?.['remedy'];
  if (typeof remedy !== 'string') return null;
  // A session of this user begins read-only, too; ALTER SYSTEM refuses transactions, and needs a reload.
  return remedy.startsWith('alter system')
    ? 'set default_transaction_read_only = off; alter system reset default_transaction_read_only; select pg_reload_conf()'
    : `begin read write; ${remedy} default_transaction_read_only; commit`;
}
