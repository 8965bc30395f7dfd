import type { Session } from '../../src/postgres/session.js';

/** One fact of a catalogue: what it is about, the relation that owns it (null for functions and types), and what it says. */
export interface Fact {
  readonly key: string;
  readonly owner: string | null;
  readonly text: string;
}

const PARTS = `
with ns as (
    select oid, nspname from pg_namespace
    where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'plinth') and nspname !~ '^pg_(temp|toast)'),
  ext as (select classid, objid from pg_depend where deptype = 'e'),
  rel as (
    select c.*, n.nspname, n.nspname || '.' || c.relname as q,
      case when c.relispartition then pg_partition_root(c.oid)::oid else c.oid end as root
    from pg_class c join ns n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c')
      and not exists (select from ext where classid = 'pg_class'::regclass and objid = c.oid)),
  own as (
    select r.oid, (select n.nspname || '.' || k.relname from pg_class k join pg_namespace n on n.oid = k.relnamespace where k.oid = r.root) as o
    from rel r),
  cols as (
    select a.attrelid, string_agg(
      a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || a.attidentity::text || a.attgenerated::text
      || case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end
      || case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text else '' end
      || coalesce((select string_agg(x, ',') from unnest(a.attoptions) x where x not like 'pg_attver=%'), ''),
      E'\\n' order by a.attnum) as s
    from pg_attribute a join rel on rel.oid = a.attrelid join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped group by 1)
select 'relation ' || r.q as key, o.o as owner, concat_ws('|', r.relkind, r.relpersistence, array_to_string(r.reloptions, ','),
    r.relrowsecurity, r.relforcerowsecurity, r.relreplident, case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
    pg_get_expr(r.relpartbound, r.oid),
    (select string_agg(inhparent::regclass::text, ',' order by inhseqno) from pg_inherits where inhrelid = r.oid),
    case when r.relkind in ('v', 'm') then pg_get_viewdef(r.oid) end, c.s) as text
  from rel r join own o on o.oid = r.oid left join cols c on c.attrelid = r.oid where r.relkind <> 'S'
union all
select 'relation ' || r.q, coalesce((
    select n.nspname || '.' || k.relname from pg_depend d join pg_class k on k.oid = d.refobjid join pg_namespace n on n.oid = k.relnamespace
    where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1), r.q),
    concat_ws('|', 'S', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, (
      select d.refobjid::regclass || '.' || a.attname from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1))
  from rel r join pg_sequence s on s.seqrelid = r.oid
union all
select 'constraint ' || r.q || ' ' || c.conname, o.o, pg_get_constraintdef(c.oid) || c.convalidated
  from pg_constraint c join rel r on r.oid = c.conrelid join own o on o.oid = r.oid where c.contype <> 'n'
union all
select 'index ' || r.q || ' ' || i.relname, o.o, pg_get_indexdef(i.oid) || x.indisvalid || x.indisreplident || x.indisclustered
  from pg_index x join pg_class i on i.oid = x.indexrelid join rel r on r.oid = x.indrelid join own o on o.oid = r.oid
union all
select 'trigger ' || r.q || ' ' || t.tgname, o.o, pg_get_triggerdef(t.oid) || t.tgenabled::text
  from pg_trigger t join rel r on r.oid = t.tgrelid join own o on o.oid = r.oid where not tgisinternal
union all
select 'policy ' || r.q || ' ' || p.polname, r.q, concat_ws('|', p.polcmd, p.polpermissive,
    (select string_agg(pg_get_userbyid(x), ',') from unnest(p.polroles) x), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  from pg_policy p join rel r on r.oid = p.polrelid
union all
select 'rule ' || r.q || ' ' || w.rulename, r.q, pg_get_ruledef(w.oid) from pg_rewrite w join rel r on r.oid = w.ev_class where w.rulename <> '_RETURN'
union all
select 'statistics ' || r.q || ' ' || s.stxname, r.q, pg_get_statisticsobjdef(s.oid) from pg_statistic_ext s join rel r on r.oid = s.stxrelid
union all
select 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', null,
    concat_ws('|', case when p.prokind in ('f', 'p') then pg_get_functiondef(p.oid) else p.prokind::text end,
      obj_description(p.oid, 'pg_proc'), (select string_agg(x::text, ',' order by x::text) from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) x))
  from pg_proc p join ns n on n.oid = p.pronamespace where not exists (select from ext where classid = 'pg_proc'::regclass and objid = p.oid)
union all
select 'type ' || n.nspname || '.' || t.typname, null, concat_ws('|', t.typtype,
    (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid),
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, t.typnotnull, t.typdefault,
    (select string_agg(conname || ' ' || pg_get_constraintdef(oid), ',' order by conname) from pg_constraint where contypid = t.oid and contype <> 'n'),
    obj_description(t.oid, 'pg_type'), (select string_agg(x::text, ',' order by x::text) from unnest(coalesce(t.typacl, acldefault('T', t.typowner))) x))
  from pg_type t join ns n on n.oid = t.typnamespace
  where t.typtype in ('e', 'd', 'r') and not exists (select from ext where classid = 'pg_type'::regclass and objid = t.oid)
union all
select 'rights ' || r.q, o.o, (select string_agg(x::text, ',' order by x::text) from unnest(r.relacl) x)
  from rel r join own o on o.oid = r.oid where r.relacl is not null and array(select x::text from unnest(r.relacl) x order by 1)
    <> array(select x::text from unnest(acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner)) x order by 1)
union all
select 'rights ' || r.q || ' ' || a.attname, o.o, (select string_agg(x::text, ',' order by x::text) from unnest(a.attacl) x)
  from rel r join own o on o.oid = r.oid join pg_attribute a on a.attrelid = r.oid where a.attacl <> '{}' and not a.attisdropped
union all
select 'owner ' || r.q, o.o, pg_get_userbyid(r.relowner) from rel r join own o on o.oid = r.oid
union all
select 'comment ' || r.q, o.o, d.description
  from pg_description d join rel r on d.classoid = 'pg_class'::regclass and d.objoid = r.oid join own o on o.oid = r.oid where d.objsubid = 0
union all
select 'comment ' || r.q || ' ' || a.attname, o.o, d.description
  from pg_description d join rel r on d.classoid = 'pg_class'::regclass and d.objoid = r.oid join own o on o.oid = r.oid
    join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid where d.objsubid > 0
union all
select 'comment ' || r.q || ' index ' || i.relname, o.o, d.description
  from pg_description d join pg_class i on d.classoid = 'pg_class'::regclass and i.oid = d.objoid join pg_index x on x.indexrelid = i.oid
    join rel r on r.oid = x.indrelid join own o on o.oid = r.oid`;

/** Every fact of a database, without Plinth's own schema. */
export async function readFingerprint(session: Session): Promise<ReadonlyMap<string, Fact>> {
  await session.execute("set search_path = ''");
  const rows = await session.query(PARTS);
  const facts = rows.map(
    (row): Fact => ({
      key: String(row['key']),
      owner: row['owner'] as string | null,
      text: String(row['text'] ?? ''),
    }),
  );
  return new Map(facts.map((fact) => [fact.key, fact]));
}

/** The number of rows of every table, without those of tables that inherit from it. */
export async function readRowCounts(session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query(`
    select n.nspname || '.' || c.relname as name, (pg_catalog.xpath('/row/n/text()',
      pg_catalog.query_to_xml(pg_catalog.format('select count(*) as n from %s %I.%I', case c.relkind when 'r' then 'only' end, n.nspname, c.relname), false, true, '')))[1]::text::int as rows
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'plinth') and n.nspname !~ '^pg_'`);
  return new Map(rows.map((row) => [String(row['name']), Number(row['rows'])]));
}

/** Both of a database. */
export interface Picture {
  readonly facts: ReadonlyMap<string, Fact>;
  readonly rows: ReadonlyMap<string, number>;
}

export async function readPicture(session: Session): Promise<Picture> {
  return { facts: await readFingerprint(session), rows: await readRowCounts(session) };
}

/**
 * How a part differs from the whole: every fact of the part must stand in the whole alike, and every relation
 * of the part must have all the facts that the whole has about it, and as many rows.
 */
export function getDifferences(part: Picture, whole: Picture, wanted: readonly string[]): readonly string[] {
  const differences: string[] = [];
  for (const table of wanted) {
    if (!part.facts.has(`relation ${table}`)) differences.push(`missing table ${table}`);
  }
  for (const [key, fact] of part.facts) {
    const other = whole.facts.get(key);
    if (other === undefined) differences.push(`extra ${key}`);
    else if (other.text !== fact.text) differences.push(`differs ${key}`);
  }
  for (const fact of whole.facts.values()) {
    if (fact.owner !== null && part.facts.has(`relation ${fact.owner}`) && !part.facts.has(fact.key)) {
      differences.push(`missing ${fact.key}`);
    }
  }
  for (const [table, rows] of part.rows) {
    const expected = whole.rows.get(table);
    if (expected !== undefined && expected !== rows) differences.push(`rows ${table} ${rows}/${expected}`);
  }
  return differences;
}
