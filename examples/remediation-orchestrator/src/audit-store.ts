import pg from 'pg';
import { getInsertValues, INSERT_SQL } from './audit-events.js';
import { getStatus } from './phases.js';
import type { RemediationRequest } from './request.js';

/** Where audit events go. */
export interface AuditStore {
  /** Writes the events of a request that are not written yet, all or none. */
  write(request: RemediationRequest): Promise<void>;
  close(): Promise<void>;
}

/** The table audit_events of the PostgreSQL that the PG* variables name. */
export function createAuditStore(log: (line: string) => void): AuditStore {
  const pool = new pg.Pool({ max: 4, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  // A connection that breaks while nobody uses it must not end the process.
  pool.on('error', (error) => log(`a connection to PostgreSQL was lost: ${error.message}`));
  return {
    async write(request) {
      const { events, audited } = getStatus(request);
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        for (const [index, event] of events.entries()) {
          if (index >= audited) await client.query(INSERT_SQL, [...getInsertValues(request, index, event)]);
        }
        await client.query('COMMIT');
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}
