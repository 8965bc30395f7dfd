import { type FactScope, FUNCTION_TYPES, RELATION_TYPES, renderScope, renderWanted } from './fact-scope.js';

/** What the catalogue is asked, by what the answer is about. */
export type FactQueries = Readonly<Partial<Record<FactQueryName, string>>>;
export type FactQueryName =
  | 'scope'
  | 'relations'
  | 'columns'
  | 'constraints'
  | 'indexes'
  | 'triggers'
  | 'parts'
  | 'ranges'
  | 'functions'
  | 'types'
  | 'others'
  | 'rights'
  | 'comments';

/** The queries for a scope; none is asked about kinds of objects that the scope leaves out. */
export function getFactQueries(scope: FactScope): FactQueries {
  const isWanted = (types: readonly string[]): boolean =>
    'butSchema' in scope || scope.only.some(({ type }) => types.includes(type));
  const isRelation = isWanted([...RELATION_TYPES, 'type']);
  const isOther =
    'butSchema' in scope ||
    scope.only.some(({ type }) => ![...RELATION_TYPES, ...FUNCTION_TYPES, 'type'].includes(type));
  const all = renderWanted(scope, ['ns', 'rel', 'fun', 'typ']);
  const rel = renderWanted(scope, ['rel']);
  return {
    scope: renderScope(scope),
    ...(isRelation
      ? {
          relations: `${rel} ${RELATIONS}`,
          columns: `${rel} ${COLUMNS}`,
          constraints: `${rel} ${CONSTRAINTS}`,
          indexes: `${rel} ${INDEXES}`,
          triggers: `${rel} ${TRIGGERS}`,
          parts: `${rel} ${PARTS}`,
          ranges: `${rel} ${RANGES}`,
        }
      : {}),
    ...(isWanted(FUNCTION_TYPES) ? { functions: `${renderWanted(scope, ['fun'])} ${FUNCTIONS}` } : {}),
    ...(isWanted(['type']) ? { types: `${renderWanted(scope, ['typ'])} ${TYPES}` } : {}),
    ...(isOther ? { others: `${renderWanted(scope, ['ns'])} ${OTHERS}` } : {}),
    rights: `${all} ${RIGHTS}`,
    comments: `${all} ${COMMENTS}`,
  };
}

const RELATIONS = `select rel.oid, rel.q, rel.relkind, pg_get_userbyid(rel.relowner) as owner,
  (select format('%I.%I', n.nspname, p.relname) from pg_inherits h join pg_class p on p.oid = h.inhparent
    join pg_namespace n on n.oid = p.relnamespace where h.inhrelid = rel.oid and rel.relispartition limit 1) as parent,
  pg_get_expr(c.relpartbound, c.oid) as bound,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as key,
  (select string_agg(h.inhparent::regclass::text, ', ' order by h.inhseqno) from pg_inherits h
    where h.inhrelid = rel.oid and not rel.relispartition) as inherits,
  case when c.relpersistence = 'u' then 'unlogged' end as persistence,
  concat_ws(', ', case when c.relrowsecurity then 'enabled' end, case when c.relforcerowsecurity then 'forced' end) as security,
  case c.relreplident when 'f' then 'full' when 'n' then 'nothing' end as replica,
  (select string_agg(o, ', ' order by o) from unnest(c.reloptions) o) as options,
  case when a.amname <> 'heap' then a.amname end as method,
  case when c.reloftype <> 0 then c.reloftype::regtype::text end as typed,
  case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
  (select concat_ws(' ', s.srvname, f.ftoptions::text) from pg_foreign_table f join pg_foreign_server s on s.oid = f.ftserver
    where f.ftrelid = rel.oid) as server,
  (select concat_ws(' ', format_type(s.seqtypid, null), 'INCREMENT ' || nullif(s.seqincrement, 1),
      'MINVALUE ' || case when s.seqmin <> case when s.seqincrement > 0 then 1 else l.lowest end then s.seqmin end,
      'MAXVALUE ' || case when s.seqmax <> case when s.seqincrement > 0 then l.most else -1 end then s.seqmax end,
      'START ' || case when s.seqstart <> case when s.seqincrement > 0 then s.seqmin else s.seqmax end then s.seqstart end,
      'CACHE ' || nullif(s.seqcache, 1), case when s.seqcycle then 'CYCLE' end)
    from pg_sequence s, lateral (select case s.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
        else 9223372036854775807 end, case s.seqtypid when 'int2'::regtype then -32768 when 'int4'::regtype then -2147483648
        else -9223372036854775808 end) l (most, lowest) where s.seqrelid = rel.oid) as sequence,
  case when rel.relkind = 'S' then (select format('%I.%I.%I', n.nspname, k.relname, t.attname) from pg_depend d
    join pg_class k on k.oid = d.refobjid join pg_namespace n on n.oid = k.relnamespace
    join pg_attribute t on t.attrelid = d.refobjid and t.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = rel.oid and d.refclassid = 'pg_class'::regclass
      and d.deptype in ('a', 'i') and d.refobjsubid > 0 limit 1) end as owned
from rel join pg_class c on c.oid = rel.oid left join pg_am a on a.oid = c.relam order by rel.q`;

// A partition's columns that are as its parent's are not told again.
const COLUMNS = `select a.attrelid as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
  a.attgenerated as generated, pg_get_expr(d.adbin, d.adrelid) as expression,
  case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end as identity,
  case when a.attcollation <> t.typcollation then (select format('%I.%I', n.nspname, l.collname) from pg_collation l
    join pg_namespace n on n.oid = l.collnamespace where l.oid = a.attcollation) end as collation,
  case when a.attstorage <> t.typstorage then a.attstorage::text end as storage,
  nullif(a.attcompression::text, '') as compression,
  case when a.attstattarget >= 0 then a.attstattarget::text end as target,
  (select string_agg(o, ', ' order by o) from unnest(a.attoptions) o) as options
from rel join pg_attribute a on a.attrelid = rel.oid join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_inherits h on h.inhrelid = rel.oid and rel.relispartition and h.inhparent in (select oid from rel)
  left join pg_attribute pa on pa.attrelid = h.inhparent and pa.attname = a.attname
  left join pg_attrdef pd on pd.adrelid = pa.attrelid and pd.adnum = pa.attnum
where rel.relkind <> 'S' and a.attnum > 0 and not a.attisdropped
  and (a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated, a.attidentity, a.attcollation, a.attstorage, a.attcompression, d.adbin::text, a.attstattarget, a.attoptions)
    is distinct from (pa.atttypid, pa.atttypmod, pa.attnotnull, pa.attgenerated, pa.attidentity, pa.attcollation, pa.attstorage, pa.attcompression, pd.adbin::text, pa.attstattarget, pa.attoptions)
order by a.attrelid, a.attnum`;

// NOT NULL is a constraint with a name from PostgreSQL 18 on; attnotnull says it in every version. A foreign key to a
// partitioned table has a constraint of its own for each partition there: those are not told.
const CONSTRAINTS = `select k.conrelid as oid, k.oid as self, k.conname as name, k.conparentid as parent, k.conindid as index,
  pg_get_constraintdef(k.oid) as text, exists (select from pg_trigger t where t.tgconstraint = k.oid and t.tgisinternal and t.tgenabled in ('D', 'R')) as disabled
from rel join pg_constraint k on k.conrelid = rel.oid left join pg_constraint p on p.oid = k.conparentid
where k.contype in ('c', 'f', 'p', 'u', 'x') and p.conrelid is distinct from k.conrelid
order by k.conrelid, k.conname`;

// A partition's index that belongs to its parent's is as that one is; to say so anew for each takes the longest of all.
const INDEXES = `select x.indrelid as oid, x.indexrelid as self, i.relname as name,
  case when p.relkind = 'I' then h.inhparent else 0 end as parent,
  case when k.oid is null and p.relkind is distinct from 'I' then pg_get_indexdef(x.indexrelid) end as text,
  k.oid is not null as "ofConstraint",
  x.indisvalid and x.indisready and x.indislive as valid, x.indisclustered as clustered, x.indisreplident as replica
from rel join pg_index x on x.indrelid = rel.oid join pg_class i on i.oid = x.indexrelid
  left join pg_inherits h on h.inhrelid = x.indexrelid left join pg_class p on p.oid = h.inhparent
  left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
order by x.indrelid, i.relname`;

// Up to PostgreSQL 14 a partition's copy of a trigger counts as internal.
const TRIGGERS = `select t.tgrelid as oid, t.tgname as name, rel.q as on, pg_get_triggerdef(t.oid) as text, t.tgenabled as enabled
from rel join pg_trigger t on t.tgrelid = rel.oid
where not t.tgisinternal or (t.tgparentid <> 0 and t.tgconstraint = 0) order by t.tgrelid, t.tgname`;

const PARTS = `select rel.oid, 'policy' as kind, p.polname as name, concat_ws(' ', case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
    'FOR', case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
    'TO', (select string_agg(case when r = 0 then 'PUBLIC' else pg_get_userbyid(r)::text end, ', ' order by pg_get_userbyid(r)) from unnest(p.polroles) r),
    'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as text
  from rel join pg_policy p on p.polrelid = rel.oid
union all
select rel.oid, 'rule', w.rulename, pg_get_ruledef(w.oid) || case w.ev_enabled when 'D' then ' (disabled)' when 'O' then '' else ' (' || w.ev_enabled::text || ')' end
  from rel join pg_rewrite w on w.ev_class = rel.oid where w.rulename <> '_RETURN'
union all
select rel.oid, 'statistics', format('%I.%I', n.nspname, s.stxname), regexp_replace(pg_get_statisticsobjdef(s.oid), '^CREATE STATISTICS \\S+ ', '')
  from rel join pg_statistic_ext s on s.stxrelid = rel.oid join pg_namespace n on n.oid = s.stxnamespace
order by 1, 2, 3`;

// Tables whose partitions are ranges of time, with the bounds and what time it is there.
const RANGES = `select rel.q as table, (case a.atttypid when 'date'::regtype then now()::date::text
    when 'timestamp'::regtype then now()::timestamp::text else now()::text end) as now,
  array(select pg_get_expr(c.relpartbound, c.oid) from pg_inherits h join pg_class c on c.oid = h.inhrelid where h.inhparent = rel.oid) as bounds
from rel join pg_partitioned_table p on p.partrelid = rel.oid join pg_attribute a on a.attrelid = rel.oid and a.attnum = p.partattrs[0]
where p.partstrat = 'r' and not rel.relispartition and a.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
order by rel.q`;

const FUNCTIONS = `select fun.oid, fun.type, fun.identity, pg_get_userbyid(fun.proowner) as owner, l.lanname as language,
  pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as returns,
  coalesce(pg_get_function_sqlbody(p.oid), nullif(p.prosrc, '')) as body, p.prosqlbody is not null as "isParsed",
  case p.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' end as volatility,
  case when p.prosecdef then 'DEFINER' end as security,
  (select string_agg(s, ', ' order by s) from unnest(p.proconfig) s) as settings,
  concat_ws(' ', case when p.proisstrict then 'STRICT' end, case when p.proleakproof then 'LEAKPROOF' end,
    case p.proparallel when 's' then 'PARALLEL SAFE' when 'r' then 'PARALLEL RESTRICTED' end,
    'COST ' || nullif(p.procost, case when l.lanname in ('c', 'internal') then 1 else 100 end),
    case when p.proretset and p.prorows <> 1000 then 'ROWS ' || p.prorows end,
    case when p.prosupport <> 0 then 'SUPPORT ' || p.prosupport::regproc end,
    (select concat_ws(' ', 'SFUNC', a.aggtransfn, 'STYPE', a.aggtranstype::regtype,
        'FINALFUNC ' || case when a.aggfinalfn <> 0 then a.aggfinalfn::text end, 'INITCOND ' || quote_literal(a.agginitval))
      from pg_aggregate a where a.aggfnoid = p.oid)) as traits
from fun join pg_proc p on p.oid = fun.oid join pg_language l on l.oid = p.prolang order by fun.identity`;

const TYPES = `select typ.oid, typ.q, pg_get_userbyid(typ.typowner) as owner,
  (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = typ.oid) as labels,
  case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base, t.typnotnull as "notNull",
  case when t.typtype = 'd' then t.typdefault end as "default",
  (select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace, pg_type b
    where b.oid = t.typbasetype and l.oid = t.typcollation and t.typcollation <> b.typcollation) as collation,
  (select format_type(r.rngsubtype, null) || case when r.rngsubdiff <> 0 then ' SUBTYPE_DIFF ' || r.rngsubdiff::text else '' end
    from pg_range r where r.rngtypid = typ.oid) as subtype,
  array(select array[k.conname::text, pg_get_constraintdef(k.oid)] from pg_constraint k
    where k.contypid = typ.oid and k.contype = 'c' order by k.conname) as checks
from typ join pg_type t on t.oid = typ.oid order by typ.q`;

// Of these it matters that they are there.
const OTHERS = `select 'schema' as type, format('%I', nspname) as identity, pg_get_userbyid(s.nspowner) as owner, s.oid, null as schema
  from ns join pg_namespace s using (oid, nspname, nspowner)
union all select 'extension', format('%I', extname), null, 0, format('%I', n.nspname)
  from pg_extension x join pg_namespace n on n.oid = x.extnamespace where extname <> 'plpgsql'
union all
select i.type, i.identity, null, 0, null from (
    select 'pg_collation'::regclass::oid as c, oid as o from pg_collation where oid >= 16384
    union all select 'pg_operator'::regclass, oid from pg_operator where oid >= 16384
    union all select 'pg_opclass'::regclass, oid from pg_opclass where oid >= 16384
    union all select 'pg_opfamily'::regclass, oid from pg_opfamily where oid >= 16384
    union all select 'pg_cast'::regclass, oid from pg_cast where oid >= 16384
    union all select 'pg_conversion'::regclass, oid from pg_conversion where oid >= 16384
    union all select 'pg_ts_config'::regclass, oid from pg_ts_config where oid >= 16384
    union all select 'pg_ts_dict'::regclass, oid from pg_ts_dict where oid >= 16384
    union all select 'pg_ts_parser'::regclass, oid from pg_ts_parser where oid >= 16384
    union all select 'pg_ts_template'::regclass, oid from pg_ts_template where oid >= 16384
    union all select 'pg_publication'::regclass, oid from pg_publication
    union all select 'pg_event_trigger'::regclass, oid from pg_event_trigger where evtname !~ '^plinth_'
    union all select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper
    union all select 'pg_foreign_server'::regclass, oid from pg_foreign_server
    union all select 'pg_language'::regclass, oid from pg_language where oid >= 16384
    union all select 'pg_am'::regclass, oid from pg_am where oid >= 16384) found, pg_identify_object(c, o, 0) i
  where not exists (select from pg_depend e where e.classid = c and e.objid = o and e.deptype = 'e')
order by 1, 2`;

// An absent list of rights stands for the owner's own, and for what PUBLIC may by default. What the owner has is not told:
// it is somebody else in each database.
const RIGHTS = `, acl as (
  select 'relation' as class, rel.oid, rel.relowner as owner, '' as col, c.relacl as list,
    acldefault(case when rel.relkind = 'S' then 's' else 'r' end::"char", rel.relowner) as usual
    from rel join pg_class c on c.oid = rel.oid where c.relacl is not null
  union all
  select 'relation', rel.oid, rel.relowner, a.attname, a.attacl, acldefault('c', rel.relowner)
    from rel join pg_attribute a on a.attrelid = rel.oid where a.attacl is not null and not a.attisdropped
  union all select 'function', fun.oid, p.proowner, '', p.proacl, acldefault('f', p.proowner)
    from fun join pg_proc p on p.oid = fun.oid where p.proacl is not null
  union all select 'type', typ.oid, t.typowner, '', t.typacl, acldefault('T', t.typowner)
    from typ join pg_type t on t.oid = typ.oid where t.typacl is not null
  union all select 'relation', rel.oid, t.typowner, '', t.typacl, acldefault('T', t.typowner)
    from rel join pg_class c on c.oid = rel.oid join pg_type t on t.oid = c.reltype where rel.relkind = 'c' and t.typacl is not null
  union all select 'schema', s.oid, s.nspowner, '', s.nspacl, acldefault('n', s.nspowner)
    from ns join pg_namespace s using (oid) where s.nspacl is not null),
given as (
  select class, oid, owner, col, g.grantee, string_agg(g.privilege_type || case when g.is_grantable then ' WITH GRANT OPTION' else '' end, ', ' order by g.privilege_type) as text
    from acl, aclexplode(list) g where g.grantee <> owner group by 1, 2, 3, 4, 5),
usual as (
  select class, oid, owner, col, g.grantee, string_agg(g.privilege_type, ', ' order by g.privilege_type) as text
    from acl, aclexplode(usual) g where g.grantee <> owner group by 1, 2, 3, 4, 5)
select class, oid, col, case when grantee = 0 then 'PUBLIC' else pg_get_userbyid(grantee)::text end as grantee, coalesce(given.text, 'nothing') as text
from given full join usual using (class, oid, owner, col, grantee)
where given.text is distinct from usual.text order by 1, 2, 3, 4`;

const COMMENTS = `select 'relation' as class, rel.oid, '' as kind, '' as name, 0::oid as self, d.description as text
  from rel join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = rel.oid and d.objsubid = 0
union all select 'relation', rel.oid, 'column', a.attname, 0, d.description
  from rel join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = rel.oid and d.objsubid > 0
    join pg_attribute a on a.attrelid = rel.oid and a.attnum = d.objsubid
union all select 'relation', rel.oid, 'index', i.relname, i.oid, d.description
  from rel join pg_index x on x.indrelid = rel.oid join pg_class i on i.oid = x.indexrelid
    join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = i.oid
union all select 'relation', rel.oid, 'constraint', k.conname, k.oid, d.description
  from rel join pg_constraint k on k.conrelid = rel.oid join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
  where k.contype in ('c', 'f', 'p', 'u', 'x')
union all select 'relation', rel.oid, 'trigger', t.tgname, 0, d.description
  from rel join pg_trigger t on t.tgrelid = rel.oid join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = t.oid
union all select 'relation', rel.oid, 'policy', p.polname, 0, d.description
  from rel join pg_policy p on p.polrelid = rel.oid join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
union all select 'relation', rel.oid, 'rule', w.rulename, 0, d.description
  from rel join pg_rewrite w on w.ev_class = rel.oid join pg_description d on d.classoid = 'pg_rewrite'::regclass and d.objoid = w.oid
union all select 'relation', rel.oid, 'statistics', s.stxname, 0, d.description
  from rel join pg_statistic_ext s on s.stxrelid = rel.oid join pg_description d on d.classoid = 'pg_statistic_ext'::regclass and d.objoid = s.oid
union all select 'function', fun.oid, '', '', 0, d.description
  from fun join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = fun.oid
union all select 'type', typ.oid, '', '', 0, d.description
  from typ join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = typ.oid
union all select 'relation', rel.oid, '', '', 0, d.description
  from rel join pg_class c on c.oid = rel.oid join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = c.reltype
  where rel.relkind = 'c'
union all select 'type', typ.oid, 'constraint', k.conname, 0, d.description
  from typ join pg_constraint k on k.contypid = typ.oid join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
union all select 'schema', ns.oid, '', '', 0, d.description
  from ns join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = ns.oid
order by 1, 2, 3, 4`;
