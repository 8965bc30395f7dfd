import { renderLiteral, renderTextArray } from './quote.js';

/** Which objects to read: all but those of extensions and of one schema, or those of these identities. */
export type FactScope =
  | { readonly butSchema: string }
  | { readonly only: readonly { readonly type: string; readonly identity: string }[] };

export const RELATION_TYPES = ['table', 'view', 'materialized view', 'sequence', 'foreign table'];
export const FUNCTION_TYPES = ['function', 'procedure', 'aggregate', 'window function'];

// What belongs to an extension comes and goes with it. Here and below, `is true` leaves the planner a look into an index or a hash: in a new
// database, which has no statistics yet, it would expect few rows, and join them one with each.
const isOwn = (catalogue: string, oid: string): string =>
  `(exists (select from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')) is not true`;

/**
 * Finds what is wanted, once, and keeps it for the queries that follow in settings that end with the transaction. It is not among
 * the thousands of objects of PostgreSQL's own, whose numbers are lower.
 * https://www.postgresql.org/docs/current/runtime-config-custom.html
 * https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT
 */
export function renderScope(scope: FactScope): string {
  const by = (types: readonly string[], name: string): string => {
    if ('butSchema' in scope) return 'true';
    const names = scope.only.filter(({ type }) => types.includes(type)).map(({ identity }) => identity);
    return `(${name} in (select unnest(${renderTextArray(names)}))) is true`;
  };
  const keep = (what: string, query: string): string =>
    `set_config('plinth.${what}', coalesce((select array_agg(oid)::text from (${query}) found), '{}'), true)`;
  const relation = "format('%I.%I', n.nspname, c.relname)";
  const type = "format('%I.%I', n.nspname, t.typname)";
  return `with ${renderSchemas(scope)} select current_user::text as reader,
${keep(
  'relations',
  `select c.oid from pg_class c join ns n on n.oid = c.relnamespace
  where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c') and c.relpersistence <> 't' and ${isOwn('pg_class', 'c.oid')}
    and case when c.relkind = 'c' then ${by(['type'], relation)} else ${by(RELATION_TYPES, relation)} end`,
)},
${keep(
  'functions',
  `select p.oid from pg_proc p join ns n on n.oid = p.pronamespace, lateral pg_identify_object('pg_proc'::regclass, p.oid, 0) i
  where p.oid >= 16384 and ${isOwn('pg_proc', 'p.oid')} and ${by(FUNCTION_TYPES, 'i.identity')}`,
)},
${keep(
  'types',
  `select t.oid from pg_type t join ns n on n.oid = t.typnamespace
  where t.oid >= 16384 and t.typtype in ('e', 'd', 'r', 'b') and (t.typtype <> 'b' or t.typcategory <> 'A') and ${isOwn('pg_type', 't.oid')}
    and ${by(['type'], type)}`,
)}`;
}

function renderSchemas(scope: FactScope): string {
  const but = 'butSchema' in scope ? `and nspname <> ${renderLiteral(scope.butSchema)}` : '';
  return `ns as materialized (
  select oid, nspname, nspowner from pg_namespace
  where nspname <> 'information_schema' and nspname !~ '^pg_' ${but})`;
}

/** What a query can be about. */
export type Wanted = 'ns' | 'rel' | 'fun' | 'typ';

/** The beginning of a query about what `renderScope` found. The server reads each part, asked for or not: each query has those that it names. */
export function renderWanted(scope: FactScope, wanted: readonly Wanted[]): string {
  const parts: Readonly<Record<Wanted, string>> = { ns: renderSchemas(scope), rel: REL, fun: FUN, typ: TYP };
  return `with ${wanted.map((name) => parts[name]).join(',\n')}`;
}

const REL = `rel as materialized (
  select c.oid, c.relname, format('%I.%I', n.nspname, c.relname) as q, c.relkind, c.relispartition, c.relowner
  from unnest(current_setting('plinth.relations')::oid[]) w join pg_class c on c.oid = w join pg_namespace n on n.oid = c.relnamespace)`;
const FUN = `fun as materialized (
  select p.oid, i.type, i.identity, p.proowner from unnest(current_setting('plinth.functions')::oid[]) w
    join pg_proc p on p.oid = w, lateral pg_identify_object('pg_proc'::regclass, p.oid, 0) i)`;
const TYP = `typ as materialized (
  select t.oid, format('%I.%I', n.nspname, t.typname) as q, t.typtype, t.typowner
  from unnest(current_setting('plinth.types')::oid[]) w join pg_type t on t.oid = w join pg_namespace n on n.oid = t.typnamespace)`;
