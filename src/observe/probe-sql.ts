/**
 * What is installed in the scratch database so that statements can be watched. All of it are functions of
 * `pg_catalog` and two event triggers, so that the history meets no schema and no table of ours, also not in
 * loops over pg_class; from a statement that looks at functions or event triggers it is taken away (unseen.ts). What every
 * statement calls is in PL/pgSQL, which keeps its plans. What event triggers see goes out as INFO messages, which
 * client_min_messages never holds back (https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-CLIENT-MIN-MESSAGES).
 */
export const WATCH_DDL = 'PLN01';
export const WATCH_DROP = 'PLN02';

/** The tables that may have counts of rows after a statement, for the question in the same message that is about the next one. */
export const COUNTED = "nullif(pg_catalog.current_setting('plinth.counted', true), '')::pg_catalog.oid[]";

/**
 * A plan is made when the history has hardly begun and the catalogue is small, and serves until its end: it reads by index whatever
 * that seems to cost, and what it seems to cost must neither lead to a new plan for every call nor to compiling one.
 */
const KEPT_PLAN = 'set plan_cache_mode = force_generic_plan set jit = off';

/** The object that another belongs to, as `catalogue:oid`; null for what PostgreSQL itself brings, but for the schema `public`, which histories change. */
const OWNER_FUNCTION = `
create function pg_catalog.plinth_owner(c oid, o oid) returns text language plpgsql stable set search_path = pg_catalog
  ${KEPT_PLAN} set enable_seqscan = off as $plinth$
declare r record; x oid; i int := 0;
begin
  if c = 'pg_namespace'::regclass and o = 2200 then return 'pg_namespace:2200'; end if;
  if o is null or o < 16384 then return null; end if;
  loop
    i := i + 1; exit when i > 15;
    select refobjid into x from pg_depend where classid = c and objid = o and objsubid = 0 and deptype = 'e' limit 1;
    if found then return 'pg_extension:' || x; end if;
    if c = 'pg_class'::regclass then
      select relkind, reltype, relispartition into r from pg_class where oid = o;
      if not found then return 'pg_class:' || o; end if;
      if r.relkind in ('i', 'I') then
        select indrelid into x from pg_index where indexrelid = o;
        if not found then return 'pg_class:' || o; end if;
        o := x; continue;
      elsif r.relkind = 't' then
        select refobjid into x from pg_depend
          where classid = c and objid = o and refclassid = c and deptype = 'i' limit 1;
        if not found then return 'pg_class:' || o; end if;
        o := x; continue;
      elsif r.relkind = 'S' then
        select refobjid into x from pg_depend
          where classid = c and objid = o and refclassid = c and deptype in ('a', 'i') and refobjsubid > 0 limit 1;
        if found then o := x; continue; end if;
        return 'pg_class:' || o;
      elsif r.relkind = 'c' then return 'pg_type:' || r.reltype;
      elsif r.relispartition then
        select inhparent into x from pg_inherits where inhrelid = o limit 1;
        if found then o := x; continue; end if;
      end if;
      return 'pg_class:' || o;
    elsif c = 'pg_type'::regclass then
      select t.typrelid, t.typtype, t.typelem, t.typcategory, k.relkind into r
        from pg_type t left join pg_class k on k.oid = t.typrelid where t.oid = o;
      if not found then return 'pg_type:' || o; end if;
      if r.typrelid <> 0 then
        if r.relkind = 'c' then return 'pg_type:' || o; end if;
        c := 'pg_class'::regclass; o := r.typrelid; continue;
      elsif r.typcategory = 'A' and r.typelem <> 0 then
        if r.typelem < 16384 then return null; end if;
        o := r.typelem; continue;
      elsif r.typtype = 'm' then
        select rngtypid into x from pg_range where rngmultitypid = o;
        if found then o := x; continue; end if;
      end if;
      return 'pg_type:' || o;
    elsif c = 'pg_constraint'::regclass then
      select conrelid a, contypid b into r from pg_constraint where oid = o;
      if not found then return c::regclass || ':' || o; end if;
      if r.a <> 0 then c := 'pg_class'::regclass; o := r.a; else c := 'pg_type'::regclass; o := r.b; end if;
      continue;
    elsif c = 'pg_trigger'::regclass then select tgrelid into x from pg_trigger where oid = o;
    elsif c = 'pg_policy'::regclass then select polrelid into x from pg_policy where oid = o;
    elsif c = 'pg_attrdef'::regclass then select adrelid into x from pg_attrdef where oid = o;
    elsif c = 'pg_rewrite'::regclass then select ev_class into x from pg_rewrite where oid = o;
    elsif c = 'pg_statistic_ext'::regclass then select stxrelid into x from pg_statistic_ext where oid = o;
    else return c::regclass || ':' || o;
    end if;
    if not found then return c::regclass || ':' || o; end if;
    c := 'pg_class'::regclass; o := x;
  end loop;
  return c::regclass || ':' || o;
end $plinth$`;

const DDL_FUNCTION = `
create function pg_catalog.plinth_on_ddl() returns event_trigger language plpgsql set search_path = pg_catalog as $plinth$
begin
  raise info using errcode = '${WATCH_DDL}', message = (
    select coalesce(json_agg(json_build_object('class', classid::regclass, 'oid', objid::text, 'tag', command_tag,
      'type', object_type, 'identity', object_identity, 'owner', plinth_owner(classid, objid),
      'moves', command_tag = 'ALTER TABLE' and (select relkind = 'p' from pg_class where oid = objid))), '[]')::text
    from pg_event_trigger_ddl_commands() where not in_extension or object_type = 'extension');
end $plinth$`;

const DROP_FUNCTION = `
create function pg_catalog.plinth_on_drop() returns event_trigger language plpgsql set search_path = pg_catalog as $plinth$
begin
  raise info using errcode = '${WATCH_DROP}', message = (
    select coalesce(json_agg(json_build_object('class', classid::regclass, 'oid', objid::text,
      'type', object_type, 'identity', object_identity)), '[]')::text
    from pg_event_trigger_dropped_objects());
end $plinth$`;

/** Names resolved by the session's own search path, and the counts of calls and rows so far: of rows in the tables `counted`; null = in all. */
const BEFORE_FUNCTION = `
create function pg_catalog.plinth_before(names jsonb, counted oid[]) returns json language plpgsql as $plinth$ begin return (
  with wanted as (
    select k, x ->> 0 as s, x ->> 1 as n,
      case when x ->> 0 = '' then '' else pg_catalog.quote_ident(x ->> 0) || '.' end || pg_catalog.quote_ident(x ->> 1) as q
    from pg_catalog.jsonb_each(names) as e(k, v), pg_catalog.jsonb_array_elements(v) as x)
  select pg_catalog.json_build_object('resolved', (
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(k, s, n, o)), '[]') from (
      select k, s, n, pg_catalog.plinth_owner('pg_catalog.pg_class'::pg_catalog.regclass, pg_catalog.to_regclass(q)::oid) as o from wanted where k = 'relation'
      union all
      select k, s, n, pg_catalog.plinth_owner('pg_catalog.pg_type'::pg_catalog.regclass, pg_catalog.to_regtype(q)::oid) from wanted where k = 'type'
      union all
      select k, s, n, pg_catalog.plinth_owner('pg_catalog.pg_proc'::pg_catalog.regclass, p.oid) from wanted
        join pg_catalog.pg_proc p on p.proname = n and p.oid >= 16384
        join pg_catalog.pg_namespace ns on ns.oid = p.pronamespace and (s = '' or ns.nspname = s)
        where k = 'function'
      union all
      select k, s, n, 'pg_namespace:' || ns.oid from wanted
        join pg_catalog.pg_namespace ns on ns.nspname = n and ns.oid >= 16384 where k = 'schema'
    ) found where o is not null),
    'counts', pg_catalog.plinth_counts(counted), 'calls', pg_catalog.plinth_calls()));
end $plinth$`;

const COUNT_FUNCTIONS = `
create function pg_catalog.plinth_counts(counted oid[]) returns json language plpgsql set search_path = pg_catalog as $plinth$
begin
  if counted is null then
    counted := array(select oid from pg_class where relkind in ('r', 'p', 'm') and oid >= 16384);
  end if;
  return (select coalesce(json_agg(json_build_array(oid::text, i, u, d)), '[]') from (
    select oid, pg_stat_get_xact_tuples_inserted(oid) i, pg_stat_get_xact_tuples_updated(oid) u,
      pg_stat_get_xact_tuples_deleted(oid) d
    from unnest(counted) oid offset 0) counts
    where i + u + d > 0 and (select relkind in ('r', 'p', 'm') from pg_class k where k.oid = counts.oid));
end $plinth$;
create function pg_catalog.plinth_calls() returns json language plpgsql set search_path = pg_catalog as $plinth$ begin return (
  select coalesce(json_agg(json_build_array(oid::text, c)), '[]') from (
    select oid, pg_stat_get_xact_function_calls(oid) c from pg_proc where oid >= 16384) called where c > 0);
end $plinth$;
create function pg_catalog.plinth_totals() returns json language sql set search_path = pg_catalog as $plinth$
  select json_build_object(
    'counts', (select coalesce(json_agg(json_build_array(oid::text, i, u, d)), '[]') from (
      select oid, pg_stat_get_tuples_inserted(oid) i, pg_stat_get_tuples_updated(oid) u, pg_stat_get_tuples_deleted(oid) d
      from pg_class where relkind in ('r', 'p', 'm') and oid >= 16384) counted where i + u + d > 0),
    'calls', (select coalesce(json_agg(json_build_array(oid::text, c)), '[]') from (
      select oid, pg_stat_get_function_calls(oid) c from pg_proc where oid >= 16384) called where c > 0))
$plinth$`;

/** Objects whose rights are others by this transaction: rows of the catalogue that it wrote, as event triggers do not name the object. */
const RIGHTS_FUNCTION = `
create function pg_catalog.plinth_rights() returns json language plpgsql set search_path = pg_catalog as $plinth$ begin return (
  select coalesce(json_agg(x), '[]') from (
    select plinth_owner('pg_class'::regclass, oid) x from pg_class where oid >= 16384 and xmin::text = (txid_current() & 4294967295)::text
    union select plinth_owner('pg_class'::regclass, attrelid) from pg_attribute where attrelid >= 16384 and xmin::text = (txid_current() & 4294967295)::text
    union select plinth_owner('pg_proc'::regclass, oid) from pg_proc where oid >= 16384 and proname !~ '^plinth_' and xmin::text = (txid_current() & 4294967295)::text
    union select 'pg_namespace:' || oid from pg_namespace where xmin::text = (txid_current() & 4294967295)::text
    union select plinth_owner('pg_type'::regclass, oid) from pg_type where oid >= 16384 and xmin::text = (txid_current() & 4294967295)::text) q);
end $plinth$`;

/**
 * Everything that is to be known after a statement, in one answer; \`touched\` is what the event triggers named. Its cost must not grow
 * with the history: catalogues are asked by index for what was touched, where the planner would rather read pg_depend from end to
 * end, and rows can only have been met in tables that the statement holds a lock on.
 */
const AFTER_FUNCTION = `
create function pg_catalog.plinth_after(touched jsonb, with_locks bool, with_rights bool, counted oid[]) returns json language plpgsql set search_path = pg_catalog
  ${KEPT_PLAN} set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $plinth$
declare answer json;
begin
  answer := (
with named as (
    select distinct (x ->> 0)::regclass::oid as cl, (x ->> 1)::oid as ob, plinth_owner((x ->> 0)::regclass, (x ->> 1)::oid) as owner
    from jsonb_array_elements(touched) x),
  owners as (
    select distinct owner, split_part(owner, ':', 1)::regclass::oid as cl, split_part(owner, ':', 2)::oid as ob
    from named where owner is not null and owner !~ '^pg_extension'),
  rels as (
    select owner, ob from owners where cl = 'pg_class'::regclass
    union all
    select o.owner, i.inhrelid from owners o join pg_inherits i on i.inhparent = o.ob
      join pg_class k on k.oid = i.inhrelid and k.relispartition where o.cl = 'pg_class'::regclass),
  subs as (
    select owner, cl, ob, '' as via from owners
    union select owner, 'pg_class'::regclass, ob, '' from rels
    union select r.owner, 'pg_constraint'::regclass, x.oid, 'constraint ' || x.conname from rels r join pg_constraint x on x.conrelid = r.ob
    union select o.owner, 'pg_constraint'::regclass, x.oid, 'constraint ' || x.conname from owners o join pg_constraint x on x.contypid = o.ob and o.cl = 'pg_type'::regclass
    union select o.owner, 'pg_class'::regclass, x.typrelid, '' from owners o join pg_type x on x.oid = o.ob and o.cl = 'pg_type'::regclass and x.typrelid <> 0
    union select r.owner, 'pg_trigger'::regclass, x.oid, 'trigger ' || x.tgname from rels r cross join lateral (select oid, tgname from pg_trigger where tgrelid = r.ob and not tgisinternal offset 0) x
    union select r.owner, 'pg_policy'::regclass, x.oid, 'policy ' || x.polname from rels r join pg_policy x on x.polrelid = r.ob
    union select r.owner, 'pg_attrdef'::regclass, x.oid, 'default of ' || a.attname from rels r join pg_attrdef x on x.adrelid = r.ob join pg_attribute a on a.attrelid = x.adrelid and a.attnum = x.adnum
    union select r.owner, 'pg_rewrite'::regclass, x.oid, case when x.rulename = '_RETURN' then '' else 'rule ' || x.rulename end from rels r cross join lateral (select oid, rulename from pg_rewrite where ev_class = r.ob offset 0) x
    union select r.owner, 'pg_statistic_ext'::regclass, x.oid, 'statistics ' || x.stxname from rels r join pg_statistic_ext x on x.stxrelid = r.ob
    union select r.owner, 'pg_class'::regclass, x.indexrelid, 'index ' || k.relname from rels r join pg_index x on x.indrelid = r.ob join pg_class k on k.oid = x.indexrelid),
  edges as (
    select distinct s.owner, s.cl, s.ob, s.via, d.rc, d.ro,
      case when s.via = '' and d.objsubid > 0 and s.cl = 'pg_class'::regclass then d.objsubid end as col
    from subs s cross join lateral (
      select refclassid as rc, refobjid as ro, objsubid from pg_depend where classid = s.cl and objid = s.ob and deptype <> 'e' offset 0) d
    where (d.ro >= 16384 or d.ro = 2200 and d.rc = 'pg_namespace'::regclass)
      and (s.owner, d.rc, d.ro) not in (select owner, cl, ob from subs)),
  targets as materialized (
    select rc, ro, plinth_owner(rc, ro) as needs from (select distinct rc, ro from edges) distinct_targets),
  deps as (
    select e.owner, e.cl, e.ob, e.rc, e.ro, t.needs,
      coalesce((select 'column ' || attname from pg_attribute where attrelid = e.ob and attnum = e.col), e.via) as via
    from edges e join targets t using (rc, ro) where t.needs is distinct from e.owner),
  own_locks as materialized (
    select relation, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and relation >= 16384
      and database = (select oid from pg_database where datname = current_database()))
select json_build_object(
  'owners', (select coalesce(json_agg(json_build_array(cl::regclass || ':' || ob, owner)), '[]') from named),
  'parts', (select coalesce(json_agg(json_build_array(owner, parts)), '[]') from (
    select owner, json_agg(distinct cl::regclass || ':' || ob) as parts from subs group by owner) grouped),
  'silent', (select coalesce(json_agg(json_build_array(k.oid::text, s.owner, case k.relkind when 'S' then 'sequence' else 'index' end, format('%I.%I', n.nspname, k.relname))), '[]')
    from subs s join pg_class k on k.oid = s.ob and s.cl = 'pg_class'::regclass and k.relkind in ('i', 'I', 'S') and k.xmin::text = (txid_current() & 4294967295)::text
      join pg_namespace n on n.oid = k.relnamespace),
  'deps', (select coalesce(json_agg(json_build_array(owner, cl::regclass || ':' || ob, rc::regclass || ':' || ro, needs, via)), '[]') from deps),
  'locks', case when with_locks then (
    select coalesce(json_agg(json_build_array(l.relation::text, l.mode, case when t.relkind in ('r', 'p', 'v', 'm') and not t.relispartition
        and (select true from pg_depend where classid = 'pg_class'::regclass and objid = t.oid and deptype = 'e' limit 1) is null
      then 'pg_class:' || t.oid else plinth_owner('pg_class'::regclass, l.relation) end, k.relkind, k.relname)), '[]')
    from own_locks l left join pg_class k on k.oid = l.relation left join pg_index x on x.indexrelid = k.oid
      left join pg_class t on t.oid = coalesce(x.indrelid, k.oid)) else '[]' end,
  'counts', plinth_counts(case when with_locks then (select array_agg(distinct relation) from own_locks) end),
  'calls', (select coalesce(json_agg(json_build_array(p.oid::text, c, plinth_owner('pg_proc'::regclass, p.oid), p.proname, p.prosrc)), '[]')
    from (select oid, proname, prosrc, pg_stat_get_xact_function_calls(oid) c from pg_proc where oid >= 16384 and proname !~ '^plinth_') p where c > 0 or not with_locks),
  'rights', case when with_rights then plinth_rights() else '[]' end,
  'roles', (select coalesce(json_agg(rolname), '[]') from pg_roles where oid >= 16384)));
  perform set_config('plinth.counted', (counted || array(select (x ->> 0)::oid from json_array_elements(answer -> 'counts') x))::text, false);
  return answer;
end $plinth$`;

/** Makes a database watchable; event triggers and functions of pg_catalog need a superuser. */
export const INSTALL_PROBE = [
  OWNER_FUNCTION,
  DDL_FUNCTION,
  DROP_FUNCTION,
  COUNT_FUNCTIONS,
  BEFORE_FUNCTION,
  RIGHTS_FUNCTION,
  AFTER_FUNCTION,
  'create event trigger plinth_on_ddl on ddl_command_end execute function pg_catalog.plinth_on_ddl()',
  'create event trigger plinth_on_drop on sql_drop execute function pg_catalog.plinth_on_drop()',
].join(';\n');

/** Takes away what `INSTALL_PROBE` made. */
export const UNINSTALL_PROBE = [
  'drop event trigger if exists plinth_on_ddl',
  'drop event trigger if exists plinth_on_drop',
  `drop function if exists ${[
    'plinth_after(jsonb, bool, bool, oid[])',
    'plinth_rights()',
    'plinth_before(jsonb, oid[])',
    'plinth_totals()',
    'plinth_calls()',
    'plinth_counts(oid[])',
    'plinth_on_drop()',
    'plinth_on_ddl()',
    'plinth_owner(oid, oid)',
  ]
    .map((name) => `pg_catalog.${name}`)
    .join(', ')}`,
].join(';\n');
