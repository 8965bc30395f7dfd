import type { LockSession, LockStatus } from '../model/status.js';
import { parseHolder } from './lock.js';
import { getLockObject, LOCK_CLASS } from './queries.js';
import { renderLiteral } from './quote.js';
import type { Row, Session } from './session.js';

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** A timestamp as text, in UTC. */
export const renderUtc = (column: string): string => `to_char(${column} at time zone 'UTC', ${UTC})`;

// As in the query that tries for the lock.
const getHolderSql = (object: number): string => `select k.pid from pg_catalog.pg_locks k
    where k.locktype = 'advisory' and k.objsubid = 2 and k.granted
      and k.classid = ${LOCK_CLASS}::oid and k.objid = ${object >>> 0}::oid
      and k.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    limit 1`;

/** The sessions around a lock, one a row. A waiter asks again and again, and so is known by its last query. */
function getLockStatusSql(schema: string): string {
  const object = getLockObject(schema);
  const asks = renderLiteral(`%pg_try_advisory_lock(${LOCK_CLASS}, ${object})%`);
  return `with holder as (${getHolderSql(object)}), part (part, pid) as (
    select 'holder', pid from holder
    union all select 'waiting', a.pid from pg_catalog.pg_stat_activity a, holder h
      where a.datname = pg_catalog.current_database() and a.application_name like 'plinth/%'
        and a.pid not in (h.pid, pg_catalog.pg_backend_pid())
        and (a.query like ${asks} or a.query = '<insufficient privilege>')
    union all select 'blocking', b from holder h, unnest(pg_catalog.pg_blocking_pids(h.pid)) b)
  select p.part, p.pid, a.application_name, a.usename as "user", host(a.client_addr) as client,
    ${renderUtc('a.backend_start')} as backend_start,
    ${renderUtc('coalesce(a.query_start, a.backend_start)')} as since,
    coalesce(a.state, '') as state, left(a.query, 200) as query,
    a.wait_event_type || ':' || a.wait_event as wait_event
  from part p left join pg_catalog.pg_stat_activity a using (pid) order by p.part, a.backend_start, p.pid`;
}

/** Reads who holds the lock, who waits for it, and who keeps the holder waiting; takes no lock. */
export async function readLockStatus(session: Session, schema: string): Promise<LockStatus> {
  return parseLockStatus(await session.query(getLockStatusSql(schema)));
}

function parseLockStatus(rows: readonly Row[]): LockStatus {
  const of = (part: string): readonly LockSession[] =>
    rows.filter((row) => row['part'] === part).map(parseLockSession);
  return { holder: of('holder')[0] ?? null, waiting: of('waiting'), blocking: of('blocking') };
}

function parseLockSession(row: Row): LockSession {
  const text = (key: string): string | null => (row[key] as string | null) ?? null;
  return {
    ...parseHolder(row)!,
    user: text('user'),
    client: text('client'),
    backendStart: text('backend_start'),
  };
}

/**
 * Ends a session, if it still holds the lock: the look and the end are one statement. Null where it does not hold it any
 * more; false where the server would not send the signal.
 */
export async function endHolder(
  session: Session,
  schema: string,
  { pid, backendStart }: Pick<LockSession, 'pid' | 'backendStart'>,
): Promise<boolean | null> {
  const same =
    backendStart === null ? 'true' : `${renderUtc('a.backend_start')} = ${renderLiteral(backendStart)}`;
  const rows = await session.query(`with holder as materialized (${getHolderSql(getLockObject(schema))}),
  same as materialized (
    select h.pid from holder h join pg_catalog.pg_stat_activity a using (pid) where h.pid = ${pid} and ${same})
  select pg_catalog.pg_terminate_backend(pid) as ended from same`);
  return rows.length === 0 ? null : rows[0]!['ended'] === true;
}

/** Whether a session of this pid, begun then, is still there. */
export async function isThere(
  session: Session,
  { pid, backendStart }: Pick<LockSession, 'pid' | 'backendStart'>,
): Promise<boolean> {
  const same =
    backendStart === null ? '' : ` and ${renderUtc('backend_start')} = ${renderLiteral(backendStart)}`;
  const rows = await session.query(`select from pg_catalog.pg_stat_activity where pid = ${pid}${same}`);
  return rows.length > 0;
}
