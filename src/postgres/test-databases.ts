import { renderIdentifier, renderLiteral } from './quote.js';

// "Ptst" in ASCII: the class of the locks that tell which owners of test databases are alive.
const OWNER_CLASS = 0x50_74_73_74;
// "Pclm": while a database that is ready is taken.
const CLAIM_CLASS = 0x50_63_6c_6d;

/** What a database is for: being filled, ready for whoever comes, in use by a test. */
export type TestDatabaseKind = 'making' | 'warm' | 'test';

const OWNED = '^plinth_(making|warm|test)_[0-9a-f]{12}_[0-9a-f]{8}_[0-9a-z]+$';
const TEMPLATE = '^plinth_template_[0-9a-f]{12}$';

/** The name of a database that goes with its owner: all that decides on its end can be read in it. */
export function getTestDatabaseName(
  kind: TestDatabaseKind,
  digest: string,
  owner: string,
  count: number,
): string {
  return `plinth_${kind}_${digest}_${owner}_${count.toString(36)}`;
}

/** The name of a template; a database has it once it is complete, and not before. */
export function getTemplateName(digest: string): string {
  return `plinth_template_${digest}`;
}

/** The channel on which is told that a database was taken from the ready ones. */
export function getPoolChannel(digest: string): string {
  return `plinth_pool_${digest}`;
}

/**
 * Takes the lock that says that this owner is alive; it goes with the session. Where the machine goes as a whole, the
 * server notices within a minute.
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
 */
export function getOwnSql(owner: string): string {
  return `set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3;
set synchronous_commit = off;
select pg_catalog.pg_try_advisory_lock(${OWNER_CLASS}, ${Number.parseInt(owner, 16) | 0}) as owned,
  current_user::text as "user", pg_catalog.current_setting('fsync') = 'on' as fsync`;
}

/** Whether the owner that an SQL expression names is alive, be its session with another database of the server. */
export function isOwnedSql(owner: string): string {
  return `exists (select from pg_catalog.pg_locks k
    where k.locktype = 'advisory' and k.objsubid = 2 and k.granted and k.classid = ${OWNER_CLASS}::oid
      and k.objid = ('x' || ${owner})::bit(32)::bigint::oid)`;
}

/** Every database of tests that this user may drop, with who owns it, whether that one is alive, and who is on it. */
export const READ_TEST_DATABASES = `select d.datname as name, split_part(d.datname, '_', 2) as kind,
  split_part(d.datname, '_', 3) as digest, split_part(d.datname, '_', 4) as owner,
  ${isOwnedSql("split_part(d.datname, '_', 4)")} as alive,
  pg_catalog.shobj_description(d.oid, 'pg_database') as note,
  (select count(*)::int from pg_catalog.pg_stat_activity a where a.datid = d.oid) as sessions
from pg_catalog.pg_database d
where d.datname ~ '${OWNED}' and pg_catalog.pg_has_role(d.datdba, 'MEMBER') order by d.oid`;

/** Every template that this user may drop. */
export const READ_TEMPLATES = `select d.datname as name, split_part(d.datname, '_', 3) as digest,
  pg_catalog.shobj_description(d.oid, 'pg_database') as note
from pg_catalog.pg_database d
where d.datname ~ '${TEMPLATE}' and pg_catalog.pg_has_role(d.datdba, 'MEMBER') order by d.oid`;

/** How many owners there are in other processes: one process may hold several copies of Plinth, and each owns. */
export function getOtherOwnersSql(pid: number): string {
  return `select count(*)::int as others from pg_catalog.pg_locks k
left join pg_catalog.pg_stat_activity a on a.pid = k.pid
where k.locktype = 'advisory' and k.objsubid = 2 and k.granted and k.classid = ${OWNER_CLASS}::oid
  and coalesce(a.application_name, '') not like ${renderLiteral(`%.${pid}`)}`;
}

/** A template: its size in bytes, its note, and the settings of the database, which a clone does not take over. */
export function getReadTemplateSql(name: string): string {
  return `select pg_catalog.pg_database_size(d.oid)::bigint::text as size,
  pg_catalog.shobj_description(d.oid, 'pg_database') as note, s.setconfig as settings
from pg_catalog.pg_database d
left join pg_catalog.pg_db_role_setting s on s.setdatabase = d.oid and s.setrole = 0
where d.datname = ${renderLiteral(name)}`;
}

/** Makes a database the template, in several messages: nobody can be on it from then on, and its name says that it is complete. */
export function getFinishTemplateSql(making: string, template: string, note: string): readonly string[] {
  const from = renderIdentifier(making);
  return [
    `alter database ${from} allow_connections false`,
    getSessionsSql(making, true),
    `comment on database ${from} is ${renderLiteral(note)};
alter database ${from} rename to ${renderIdentifier(template)}`,
  ];
}

/** A note that stays with a database. */
export function getNoteSql(name: string, note: string): string {
  return `comment on database ${renderIdentifier(name)} is ${renderLiteral(note)}`;
}

/** How the files of a template are copied; servers before 15 know but one way. */
export type CloneStrategy = 'wal_log' | 'file_copy' | null;

/** Copies a template, in several messages, because CREATE DATABASE wants one to itself. */
export function getCloneSql(
  name: string,
  template: string,
  strategy: CloneStrategy,
  settings: readonly string[],
): readonly string[] {
  const how = strategy === null ? '' : ` strategy ${strategy}`;
  const target = renderIdentifier(name);
  // FROM CURRENT, because the values of lists are quoted as no literal can be.
  const copied = settings.map((setting) => {
    const at = setting.indexOf('=');
    const key = setting.slice(0, at);
    return `select pg_catalog.set_config(${renderLiteral(key)}, ${renderLiteral(setting.slice(at + 1))}, false);
alter database ${target} set ${key} from current;
reset ${key}`;
  });
  return [`create database ${target} template ${renderIdentifier(template)}${how}`, ...copied];
}

/** Takes a database that is ready by giving it a new name; of several that ask at once each gets another one. */
export function getClaimSql(digest: string, name: string): string {
  return `do $plinth$ declare found text; begin
  select datname into found from (
    select oid, datname from pg_catalog.pg_database where datname like 'plinth\\_warm\\_${digest}\\_%'
      and pg_catalog.pg_has_role(datdba, 'MEMBER')
      and pg_catalog.pg_stat_get_db_numbackends(oid) = 0
    order by oid offset 0) ready
  where pg_catalog.pg_try_advisory_xact_lock(${CLAIM_CLASS}, (oid::bigint % 2147483647)::int) limit 1;
  if found is not null then
    execute format('alter database %I rename to %I', found, ${renderLiteral(name)});
  end if;
exception when invalid_catalog_name or object_in_use then null;
end $plinth$;
notify ${getPoolChannel(digest)};
select exists (select from pg_catalog.pg_database where datname = ${renderLiteral(name)}) as taken`;
}

/** How many databases are ready. */
export function getCountWarmSql(digest: string): string {
  return `select count(*)::int as ready from pg_catalog.pg_database where datname like 'plinth\\_warm\\_${digest}\\_%'`;
}

/** Who is on a database; `end` also ends them. */
export function getSessionsSql(name: string, end: boolean): string {
  return `select a.pid, a.application_name, coalesce(a.state, '') as state, left(a.query, 200) as query${
    end ? ', pg_catalog.pg_terminate_backend(a.pid) as ended' : ''
  }
from pg_catalog.pg_stat_activity a where a.datname = ${renderLiteral(name)} and a.pid <> pg_catalog.pg_backend_pid()`;
}

/** Drops a database, in several messages; `force` ends who is on it. */
export function getDropDatabaseSql(name: string, serverVersion: number, force: boolean): readonly string[] {
  const drop = `drop database if exists ${renderIdentifier(name)}`;
  if (!force) return [drop];
  // https://www.postgresql.org/docs/13/sql-dropdatabase.html
  return serverVersion >= 130_000 ? [`${drop} with (force)`] : [getSessionsSql(name, true), drop];
}
