import { renderIdentifier, renderLiteral } from './quote.js';
import { isOwnedSql } from './test-databases.js';

/** The name of a schema that goes with its owner. */
export function getTestSchemaName(owner: string, count: number): string {
  return `plinth_test_${owner}_${count.toString(36)}`;
}

/** Every schema of tests in this database that this user may drop, with who owns it and whether that one is alive. */
export const READ_TEST_SCHEMAS = `select n.nspname as name, 'schema' as kind, '' as digest,
  split_part(n.nspname, '_', 3) as owner, ${isOwnedSql("split_part(n.nspname, '_', 3)")} as alive,
  pg_catalog.obj_description(n.oid, 'pg_namespace') as note, 0 as sessions
from pg_catalog.pg_namespace n
where n.nspname ~ '^plinth_test_[0-9a-f]{8}_[0-9a-z]+$' and pg_catalog.pg_has_role(n.nspowner, 'MEMBER') order by n.oid`;

/** A note that stays with a schema. */
export function getCommentOnSchemaSql(name: string, note: string): string {
  return `comment on schema ${renderIdentifier(name)} is ${renderLiteral(note)}`;
}

/** Drops a schema with all in it. */
export function getDropSchemaSql(name: string): readonly string[] {
  return [`drop schema if exists ${renderIdentifier(name)} cascade`];
}

/** What this transaction itself has made in other schemas. */
export function getMadeOutsideSql(name: string): string {
  const mine = (alias: string): string =>
    `${alias}.xmin::text = (pg_catalog.txid_current() % 4294967296)::text`;
  const others = (column: string): string =>
    `${column} <> ${renderLiteral(name)}::regnamespace and ${column}::regnamespace::text not like 'pg\\_%'`;
  return `select 'the relation ' || c.oid::regclass as identity from pg_catalog.pg_class c
  where ${mine('c')} and ${others('c.relnamespace')}
union all select 'the function ' || p.oid::regprocedure from pg_catalog.pg_proc p
  where ${mine('p')} and ${others('p.pronamespace')}
union all select 'the type ' || t.oid::regtype from pg_catalog.pg_type t
  where ${mine('t')} and ${others('t.typnamespace')} and t.typrelid = 0 and t.typelem = 0
union all select 'the schema ' || n.nspname from pg_catalog.pg_namespace n where ${mine('n')}`;
}
