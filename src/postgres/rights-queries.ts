import { renderLiteral } from './quote.js';

/**
 * Runs ALTER DEFAULT PRIVILEGES once more; one whose role or schema is not there any more did nothing that is left.
 */
export function getDefaultsSql(statements: readonly string[]): string {
  const blocks = statements.map(
    (sql) =>
      `begin execute ${renderLiteral(sql)}; exception when undefined_object or invalid_schema_name then null; end;`,
  );
  return `do ${renderLiteral(`begin\n${blocks.join('\n')}\nend`)}`;
}

/** Notes the rights of objects, with those of their columns, partitions and sequences, for RESTORE_RIGHTS in the same session. */
export function getKeepRightsSql(
  objects: readonly { readonly type: string; readonly identity: string }[],
): string {
  const isRoutine = ({ type }: { readonly type: string }): boolean =>
    type === 'function' || type === 'procedure';
  const relations = objects.filter((object) => !isRoutine(object)).map(({ identity }) => identity);
  const routines = objects.filter(isRoutine).map(({ identity }) => identity);
  return `select pg_catalog.set_config('plinth.kept_rights', coalesce((
  with recursive named as (
    select pg_catalog.to_regclass(i)::oid as oid from pg_catalog.json_array_elements_text(${renderLiteral(JSON.stringify(relations))}) i),
  found as (
    select oid from named where oid is not null
    union select p.part from found f join (
      select inhparent as whole, inhrelid as part from pg_catalog.pg_inherits
        join pg_catalog.pg_class i on i.oid = inhrelid and i.relispartition
      union all
      select d.refobjid, d.objid from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
        where d.deptype in ('a', 'i') and d.refclassid = 'pg_catalog.pg_class'::regclass
          and d.classid = 'pg_catalog.pg_class'::regclass) p on p.whole = f.oid)
  select pg_catalog.json_agg(pg_catalog.json_build_array(o.kind, o.oid::text, o.acl::text[], o.col))::text from (
    select case c.relkind when 'S' then 'sequence' else 'table' end as kind, c.oid, ${getAcl('c.relacl', "case c.relkind when 'S' then 's' else 'r' end::\"char\"", 'c.relowner')} as acl, null::text as col
      from found join pg_catalog.pg_class c using (oid)
    union all
    -- REVOKE on a table takes what was granted on its columns, too.
    select 'table', a.attrelid, a.attacl, pg_catalog.quote_ident(a.attname)
      from found join pg_catalog.pg_attribute a on a.attrelid = found.oid and a.attacl is not null and not a.attisdropped
    union all
    select 'routine', p.oid, ${getAcl('p.proacl', "'f'", 'p.proowner')}, null
      from pg_catalog.json_array_elements_text(${renderLiteral(JSON.stringify(routines))}) i
      join pg_catalog.pg_proc p on p.oid = pg_catalog.to_regprocedure(i)::oid) o), '[]'), false)`;
}

const getAcl = (acl: string, type: string, owner: string): string =>
  `coalesce(${acl}, pg_catalog.acldefault(${type}, ${owner}))`;

/** Gives the objects that were noted the rights back that they had then. */
export const RESTORE_RIGHTS = `do $plinth$
declare kept json; kind text; object oid; name text; col text; item record;
begin
  for kept in select pg_catalog.json_array_elements(pg_catalog.current_setting('plinth.kept_rights')::json) loop
    kind := kept ->> 0; object := (kept ->> 1)::oid; col := kept ->> 3;
    name := case kind when 'routine' then object::regprocedure::text else object::regclass::text end;
    for item in
      -- An empty array is none of rights.
      with was as (select a.* from pg_catalog.json_array_elements_text(kept -> 2) t, pg_catalog.aclexplode(array[t::aclitem]) a),
      now as (select a.* from pg_catalog.aclexplode(case
        when col is not null then (select ${getAcl('attacl', "'c'", '10')} from pg_catalog.pg_attribute where attrelid = object and pg_catalog.quote_ident(attname) = col)
        when kind = 'routine' then (select ${getAcl('proacl', "'f'", 'proowner')} from pg_catalog.pg_proc where oid = object)
        else (select ${getAcl('relacl', "case relkind when 'S' then 's' else 'r' end::\"char\"", 'relowner')} from pg_catalog.pg_class where oid = object) end) a)
      select true as extra, * from (select grantee, privilege_type, is_grantable from now except select grantee, privilege_type, is_grantable from was) x
      union all
      select false, * from (select grantee, privilege_type, is_grantable from was except select grantee, privilege_type, is_grantable from now) y
      order by 1 desc
    loop
      execute pg_catalog.format(case when item.extra then 'revoke %s on %s %s from %s' else 'grant %s on %s %s to %s' end
          || case when not item.extra and item.is_grantable then ' with grant option' else '' end,
        item.privilege_type || coalesce(' (' || col || ')', ''), kind, name,
        case item.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(item.grantee)) end);
    end loop;
  end loop;
end $plinth$`;
