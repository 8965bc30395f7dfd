import { renderIdentifier, renderLiteral } from './quote.js';
import type { Session } from './session.js';

// `schema.name`, split at the first dot; to_regclass wants each part quoted.
const TO_REGCLASS = `pg_catalog.to_regclass(
  quote_ident(split_part(t, '.', 1)) || '.' || quote_ident(substr(t, strpos(t, '.') + 1)))`;

/** Which of the relations (`schema.name`) are in the database, in the order given. */
export async function readExistingRelations(
  session: Session,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const sql = `select t from unnest($1::text[]) with ordinality u(t, n) where ${TO_REGCLASS} is not null order by n`;
  return (await session.query(sql, [names])).map((row) => String(row['t']));
}

/** Which of the names, as they stand in SQL, mean a relation that is there. */
export async function readNamedRelations(
  session: Session,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const sql = 'select t from unnest($1::text[]) t where pg_catalog.to_regclass(t) is not null';
  return new Set((await session.query(sql, [names])).map((row) => String(row['t'])));
}

/** Every table (`schema.name`) but partitions and what is in the ledger's schema. */
export async function readTableNames(session: Session, ledgerSchema: string): Promise<readonly string[]> {
  const sql = `select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', ${renderLiteral(ledgerSchema)}) order by 1`;
  return (await session.query(sql)).map((row) => String(row['name']));
}

/** In DO $$ … CREATE ROLE …, say, or in a prelude: whether it makes the role that it names, only running it tells. */
export const MAKES_ROLES = /\bcreate\s+(?:role|user|group)\b/i;

/** Which of the roles exist, in the order given. */
export async function readExistingRoles(
  session: Session,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const sql = 'select rolname from pg_catalog.pg_roles where rolname = any ($1::text[])';
  return new Set((await session.query(sql, [names])).map((row) => String(row['rolname'])));
}

/** Whether the user may make roles. */
export async function mayCreateRoles(session: Session): Promise<boolean> {
  const sql = 'select rolcreaterole or rolsuper as may from pg_catalog.pg_roles where rolname = current_user';
  return (await session.query(sql))[0]?.['may'] === true;
}

/** Which of the extensions the server does not have, in the order given. */
export async function readMissingExtensions(
  session: Session,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const sql = `select name from unnest($1::text[]) with ordinality u(name, n)
    where not exists (select from pg_catalog.pg_available_extensions a where a.name = u.name) order by n`;
  return (await session.query(sql, [names])).map((row) => String(row['name']));
}

/** True where the table holds no row, or does not exist (a name as in SQL, found by the search path). */
export async function isEmptyOrMissing(session: Session, table: string): Promise<boolean> {
  const [row] = await session.query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = pg_catalog.to_regclass($1)`,
    [table],
  );
  if (row === undefined) return true;
  const rows = await session.query(`select 1 as one from ${String(row['name'])} limit 1`);
  return rows.length === 0;
}

/** An index of a table as the catalogue has it; null where the table has none of the name. */
export async function readIndex(
  session: Session,
  table: string,
  index: string,
): Promise<{ readonly name: string; readonly valid: boolean } | null> {
  const [row] = await session.query(
    `select format('%I.%I', n.nspname, c.relname) as name, i.indisvalid as valid from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indexrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = pg_catalog.to_regclass($1) and c.relname = $2`,
    [table, index],
  );
  return row === undefined ? null : { name: String(row['name']), valid: row['valid'] === true };
}

/** The table of an index (a name as in SQL), quoted and qualified; null where there is no such index. */
export async function readIndexTable(session: Session, index: string): Promise<string | null> {
  const [row] = await session.query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace where i.indexrelid = pg_catalog.to_regclass($1)`,
    [index],
  );
  return row === undefined ? null : String(row['name']);
}

/** The SQL that drops an index without blocking writers; outside of a transaction only. */
export function getDropIndexSql(name: string): string {
  return `drop index concurrently if exists ${name}`;
}

/** The SQL that makes a role that owns and may nothing yet. */
export function getCreateRoleSql(role: string): string {
  return `create role ${renderIdentifier(role)} nologin`;
}
