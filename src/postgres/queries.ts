import { createHash } from 'node:crypto';
import { FACT_COLUMNS } from './facts.js';
import { renderIdentifier, renderLiteral } from './quote.js';

// The class of the two-integer lock: "Plnt" in ASCII. Two integers never meet the single keys of other tools.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS
export const LOCK_CLASS = 0x50_6c_6e_74;

/** The lock's object: from the ledger's schema, so that two ledgers in one database do not wait for each other. */
export function getLockObject(schema: string): number {
  return createHash('sha256').update(schema).digest().readInt32BE(0);
}

/** The channel on which a holder tells that it is done. */
export function getLockChannel(schema: string): string {
  return `plinth_${(getLockObject(schema) >>> 0).toString(16)}`;
}

/**
 * Makes a server on Linux notice within half a second that we are gone, and so free the lock (PostgreSQL 14+).
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL
 */
export const SET_CONNECTION_CHECK = `select case when pg_catalog.version() like '%linux%'
  and pg_catalog.current_setting('client_connection_check_interval', true) is not null
  then pg_catalog.set_config('client_connection_check_interval', '500ms', false) end`;

/** The same where only trying tells whether it is possible; a session's first code in PL/pgSQL takes 2 ms. */
export const TRY_CONNECTION_CHECK = `do $plinth$ begin
  perform pg_catalog.set_config('client_connection_check_interval', '500ms', false);
exception when others then null; end $plinth$`;

/** The same where it is known to be possible, for a fifth of the time. */
export const SET_CONNECTION_CHECK_AGAIN = "set client_connection_check_interval = '500ms'";

const renderTry = (schema: string): string =>
  `select pg_catalog.pg_try_advisory_lock(${LOCK_CLASS}, ${getLockObject(schema)}) as locked`;

/** Tries for the lock and tells the server's facts. */
export function getFirstTrySql(schema: string): string {
  return `${renderTry(schema)}, ${FACT_COLUMNS}`;
}

/**
 * The same with the holder where there is one, for which the server takes 5 ms to plan. One short statement: a waiter keeps no snapshot, for
 * which CREATE INDEX CONCURRENTLY would wait.
 */
export function getTryLockSql(schema: string): string {
  const object = getLockObject(schema);
  return `select l.locked, ${FACT_COLUMNS}, h.*
from (${renderTry(schema)}) l
left join lateral (
  select a.pid, a.application_name, coalesce(a.query_start, a.backend_start)::text as since,
    coalesce(a.state, '') as state, left(a.query, 200) as query,
    a.wait_event_type || ':' || a.wait_event as wait_event
  from pg_catalog.pg_locks k
  join pg_catalog.pg_stat_activity a on a.pid = k.pid
  where not l.locked and k.locktype = 'advisory' and k.objsubid = 2 and k.granted
    and k.classid = ${LOCK_CLASS}::oid and k.objid = ${object >>> 0}::oid
    and k.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
  limit 1
) h on true`;
}

/**
 * Frees the lock, and wakes the waiters when the message commits: by then the lock is free. They need not wait for a disk, as a
 * notification is nothing that must outlive a crash; it is sent when the commit is done.
 */
export function getUnlockSql(schema: string): string {
  return `set local synchronous_commit = off;
select pg_catalog.pg_advisory_unlock(${LOCK_CLASS}, ${getLockObject(schema)});
notify ${renderIdentifier(getLockChannel(schema))}`;
}

/**
 * Waits for no disk at the commits that follow in this session. The log is written in the order of the commits, so that a server
 * that crashes keeps whole transactions up to one of them, with their rows of the ledger.
 * https://www.postgresql.org/docs/current/wal-async-commit.html
 */
export const RELAX_COMMITS = 'set synchronous_commit = off';

/** The commit of this message waits for the disk again, and thereby for all that came before it. */
export const WAIT_FOR_DISK = 'reset synchronous_commit';

/** The tables of the ledger, made in one transaction. */
export function getCreateLedgerSql(schema: string, withSchema: boolean): string {
  const s = renderIdentifier(schema);
  return `begin;
${withSchema ? `create schema ${s};` : ''}
create table ${s}.meta (version integer not null);
insert into ${s}.meta values (${LEDGER_VERSION});
create table ${s}.histories (
  name text primary key, format text not null, location text not null, digest text not null,
  run text not null, at timestamptz not null default now());
create table ${s}.migrations (
  history text not null, id text not null, ordinal integer not null, name text not null,
  digests text[] not null, primary key (history, id));
create table ${s}.runs (
  id text primary key, history text not null, service text not null, application_name text not null,
  plinth_version text not null, started_at timestamptz not null default now(), ended_at timestamptz, outcome text);
create table ${s}.statements (
  history text not null, migration text not null, index integer not null, digest text not null,
  state text not null, sql text not null, run text not null, at timestamptz not null default now(),
  primary key (history, migration, index));
create table ${s}.selections (
  history text not null, service text not null, key text not null, digest text not null,
  tables text[] not null, run text not null, at timestamptz not null default now(),
  primary key (history, service, key));
${withSchema ? `comment on schema ${s} is 'Which statements of which history are in this database (Plinth)';` : ''}
commit`;
}

/** The version of the ledger's tables that this Plinth writes. */
export const LEDGER_VERSION = 1;

/** Version, migrations and statements of one history, as three results. */
export function getReadLedgerSql(schema: string, history: string): string {
  const s = renderIdentifier(schema);
  const h = renderLiteral(history);
  return `select version from ${s}.meta;
select id, name, digests from ${s}.migrations where history = ${h} order by ordinal, id;
select migration, index, digest, state from ${s}.statements where history = ${h} order by migration, index`;
}

/**
 * Whether nothing is there of the name of a selection: `schema.name` of a relation, split at the first dot, or another
 * object's identity with its type.
 */
export function renderIsMissing(name: string): string {
  const identity = `substr(${name}, strpos(${name}, ' ') + 1)`;
  return `case
    when ${name} ~ '^(function|procedure|aggregate) ' then pg_catalog.to_regprocedure(${identity}) is null
    when ${name} ~ '^type ' then pg_catalog.to_regtype(${identity}) is null
    when ${name} ~ '^schema ' then pg_catalog.to_regnamespace(${identity}) is null
    when ${name} ~ '^extension ' then not exists (
      select from pg_catalog.pg_extension where quote_ident(extname) = ${identity})
    else pg_catalog.to_regclass(
      quote_ident(split_part(${name}, '.', 1)) || '.' || quote_ident(substr(${name}, strpos(${name}, '.') + 1))) is null end`;
}

/** Of which histories, by their digests, a selection was satisfied, and which of its tables are gone; one row at least. */
export function getSatisfiedSql(
  schema: string,
  ask: { readonly history: string; readonly key: string },
): string {
  const s = renderIdentifier(schema);
  // As JSON, for which the driver needs no parser of its own.
  return `select ${FACT_COLUMNS}, s.run, s.digest, to_json(s.tables) as tables, array(
  select t from unnest(s.tables) t where ${renderIsMissing('t')}
) as missing, (select max(version) from ${s}.meta) as version
from (select 1) one left join lateral (
  select distinct on (digest) run, digest, tables from ${s}.selections
    where history = ${renderLiteral(ask.history)} and key = ${renderLiteral(ask.key)} order by digest, at desc
) s on true`;
}
