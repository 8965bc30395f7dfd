import { PlinthError } from '../errors.js';
import type { Session } from './session.js';
import { DISK_FULL, getSqlState } from './sqlstate.js';

/** One segment of WAL, which is what a busy server needs at once: https://www.postgresql.org/docs/current/wal-internals.html */
export const DISK_PROBE_BYTES = 16 * 1024 * 1024;

const ROW = 8_000;

/**
 * Lets the server write to the disk of the database: rows that do not fit into work_mem go to a temporary file, which ends with
 * the query. Nothing stays, and no right is needed. Returns the bytes; null where temp_file_limit forbids as many.
 *
 * @throws PlinthError DISK_FULL
 */
export async function readDiskRoom(session: Session, target: string): Promise<number | null> {
  const rows = Math.ceil(DISK_PROBE_BYTES / ROW);
  try {
    await session.execute(`begin read only;
set local work_mem = '64kB';
set local temp_tablespaces = '';
with rows as materialized (select repeat('x', ${ROW}) as x from generate_series(1, ${rows}))
select count(x) from rows;
commit`);
    return DISK_PROBE_BYTES;
  } catch (error) {
    await session.execute('rollback').catch(() => {});
    const state = getSqlState(error);
    if (state === CONFIGURATION_LIMIT) return null;
    if (state !== DISK_FULL) throw error;
    const what = `write ${DISK_PROBE_BYTES / 1024 / 1024} MB of a temporary file`;
    throw new PlinthError('DISK_FULL', { target, what, reason: (error as Error).message }, { cause: error });
  }
}

/** temp_file_limit. */
const CONFIGURATION_LIMIT = '53400';
