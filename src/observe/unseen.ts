import type { ParsedStatement } from '../sql/statements.js';
import { getChild, getNames, getString } from '../sql/tree.js';
import { INSTALL_PROBE, UNINSTALL_PROBE } from './probe-sql.js';
import { fetchJson, type ScratchSession } from './scratch.js';
import type { CommandNotice, DropNotice } from './tracker.js';

// Where what watches could be seen: its functions, its event triggers, and what they depend on.
const LOOKS =
  /\b(?:pg_proc|pg_event_trigger|pg_depend|pg_shdepend|routines|parameters|pg_stat(?:_xact)?_user_functions|pg_get_functiondef)\b/i;
const LOOKING_KINDS: ReadonlySet<string> = new Set(['DropOwnedStmt', 'ReassignOwnedStmt']);
const TRIGGER_KINDS: ReadonlySet<string> = new Set(['CreateTrigStmt', 'CreateEventTrigStmt']);

/** Knows which statements look where what watches could be seen, be it in what they call. */
export interface Lookers {
  isLooking(statement: ParsedStatement): boolean;
}

export function createLookers(): Lookers {
  const names = new Set<string>();
  let isAlways = false;
  const isText = (sql: string): boolean =>
    LOOKS.test(sql) || [...names].some((name) => sql.toLowerCase().includes(name));
  return {
    isLooking: (statement) => {
      const { kind, sql } = statement;
      const looks = isText(sql);
      // Whoever calls it looks; making it does not.
      const defined = looks ? getDefined(statement) : null;
      if (defined !== null) {
        names.add(defined.toLowerCase());
        return isAlways;
      }
      // Its trigger is called by whatever statement.
      if (looks && TRIGGER_KINDS.has(kind)) isAlways = true;
      return isAlways || looks || LOOKING_KINDS.has(kind);
    },
  };
}

/** The name of a function or view that a statement defines; null for other statements. */
function getDefined({ kind, node }: ParsedStatement): string | null {
  if (kind === 'CreateFunctionStmt') return getNames(node['funcname']).at(-1) ?? null;
  return kind === 'ViewStmt' ? getString(getChild(node, 'view'), 'relname') : null;
}

type Snapshot = ReadonlyMap<
  string,
  readonly [content: string, rights: string, type: string, identity: string]
>;

/** What a statement did that nothing watched. */
export interface Unseen {
  readonly commands: readonly CommandNotice[];
  readonly drops: readonly DropNotice[];
}

/**
 * Takes away what watches; the returned function puts it back and tells what was done meanwhile, by what the catalogue said
 * before and says after. Null where another role is in force, which may not do so.
 */
export async function takeAway(session: ScratchSession): Promise<(() => Promise<Unseen>) | null> {
  const isSuper = await fetchJson<boolean>(
    session,
    `select pg_catalog.to_json(pg_catalog.current_setting('is_superuser') = 'on') as super`,
    'super',
  );
  if (!isSuper) return null;
  await session.execute(renderSilent(UNINSTALL_PROBE));
  const before = await readSnapshot(session);
  return async () => {
    const after = await readSnapshot(session);
    await putBack(session);
    return compare(before, after);
  };
}

/** Installs again what watches. */
export async function putBack(session: ScratchSession): Promise<void> {
  await session.execute(renderSilent(INSTALL_PROBE));
}

// The history's own event triggers see nothing of it.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
function renderSilent(sql: string): string {
  return [
    "select pg_catalog.set_config('plinth.role', pg_catalog.current_setting('session_replication_role'), false)",
    "select pg_catalog.set_config('session_replication_role', 'replica', false)",
    sql,
    "select pg_catalog.set_config('session_replication_role', pg_catalog.current_setting('plinth.role'), false)",
  ].join(';\n');
}

function compare(before: Snapshot, after: Snapshot): Unseen {
  const commands = [...after].flatMap(([key, [content, rights, type, identity]]): CommandNotice[] => {
    const known = before.get(key);
    const [of, oid] = key.split(':') as [string, string];
    const notice = { class: of, oid, type, identity, owner: null };
    const word = type.toUpperCase();
    if (known === undefined) return [{ ...notice, tag: `CREATE ${word}` }];
    const tags = [
      ...(known[0] === content && known[3] === identity ? [] : [`ALTER ${word}`]),
      ...(known[1] === rights ? [] : ['GRANT']),
    ];
    return tags.map((tag) => ({ ...notice, tag }));
  });
  const drops = [...before].flatMap(([key, [, , type, identity]]): DropNotice[] => {
    const [of, oid] = key.split(':') as [string, string];
    return after.has(key) ? [] : [{ class: of, oid, type, identity }];
  });
  return { commands, drops };
}

async function readSnapshot(session: ScratchSession): Promise<Snapshot> {
  const rows = await fetchJson<readonly (readonly [string, string, string, string, string])[]>(
    session,
    SNAPSHOT,
    'snapshot',
  );
  return new Map(rows.map(([key, ...rest]) => [key, rest]));
}

const SNAPSHOT = `
select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(c || ':' || o, pg_catalog.md5(d), coalesce(a, ''), i.type, i.identity)), '[]') as snapshot
from (
  select 'pg_class' as c, k.oid as o, k.relacl::text as a,
    pg_catalog.concat_ws('|', k.relname, k.relnamespace, k.relowner, k.relpersistence, k.relispartition, k.relrowsecurity,
      k.relforcerowsecurity, k.relreplident, k.reloptions, pg_catalog.pg_get_expr(k.relpartbound, k.oid),
      (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', t.attname, t.atttypid, t.atttypmod, t.attnotnull, t.attidentity,
          t.attgenerated, t.attstorage, t.attacl, t.attisdropped, pg_catalog.pg_get_expr(f.adbin, f.adrelid)), ',' order by t.attnum)
        from pg_catalog.pg_attribute t left join pg_catalog.pg_attrdef f on f.adrelid = t.attrelid and f.adnum = t.attnum
        where t.attrelid = k.oid and t.attnum > 0),
      (select pg_catalog.string_agg(n.conname || pg_catalog.pg_get_constraintdef(n.oid) || n.convalidated::text, ',' order by n.oid)
        from pg_catalog.pg_constraint n where n.conrelid = k.oid),
      (select pg_catalog.string_agg(e.objsubid::text || e.description, ',' order by e.objsubid)
        from pg_catalog.pg_description e where e.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and e.objoid = k.oid)) as d
    from pg_catalog.pg_class k where k.oid >= 16384 and k.relkind in ('r', 'p', 'v', 'm', 'S', 'f', 'c', 'i', 'I')
      and k.relnamespace <> 'pg_toast'::pg_catalog.regnamespace
  union all select 'pg_proc', p.oid, p.proacl::text, pg_catalog.concat_ws('|', p.proname, p.pronamespace, p.proowner, p.prosrc,
      p.proconfig, p.prosecdef, p.provolatile, p.prorettype, pg_catalog.obj_description(p.oid, 'pg_proc'))
    from pg_catalog.pg_proc p where p.oid >= 16384
  union all select 'pg_type', t.oid, t.typacl::text, pg_catalog.concat_ws('|', t.typname, t.typnamespace, t.typowner, t.typnotnull,
      t.typdefault, pg_catalog.obj_description(t.oid, 'pg_type'),
      (select pg_catalog.string_agg(l.enumlabel, ',' order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid = t.oid),
      (select pg_catalog.string_agg(n.conname || pg_catalog.pg_get_constraintdef(n.oid), ',' order by n.oid)
        from pg_catalog.pg_constraint n where n.contypid = t.oid))
    from pg_catalog.pg_type t where t.oid >= 16384 and t.typtype in ('e', 'd', 'r')
  union all select 'pg_namespace', n.oid, n.nspacl::text,
      pg_catalog.concat_ws('|', n.nspname, n.nspowner, pg_catalog.obj_description(n.oid, 'pg_namespace'))
    from pg_catalog.pg_namespace n where n.oid >= 16384 and n.nspname !~ '^pg_'
  union all select 'pg_trigger', g.oid, '', pg_catalog.pg_get_triggerdef(g.oid) || g.tgenabled::text
    from pg_catalog.pg_trigger g where not g.tgisinternal
  union all select 'pg_policy', y.oid, '', pg_catalog.concat_ws('|', y.polname, y.polcmd, y.polpermissive, y.polroles,
      pg_catalog.pg_get_expr(y.polqual, y.polrelid), pg_catalog.pg_get_expr(y.polwithcheck, y.polrelid))
    from pg_catalog.pg_policy y
  union all select 'pg_rewrite', w.oid, '', pg_catalog.pg_get_ruledef(w.oid) || w.ev_enabled::text
    from pg_catalog.pg_rewrite w where w.oid >= 16384 and w.rulename <> '_RETURN'
  union all select 'pg_statistic_ext', s.oid, '', pg_catalog.pg_get_statisticsobjdef(s.oid) from pg_catalog.pg_statistic_ext s
  union all select 'pg_extension', x.oid, '', x.extversion from pg_catalog.pg_extension x where x.oid >= 16384) found,
lateral pg_catalog.pg_identify_object(('pg_catalog.' || c)::pg_catalog.regclass, o, 0) i`;
