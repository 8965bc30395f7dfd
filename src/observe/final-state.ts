import { getBodyNames, getLikelyNames } from '../sql/bodies.js';
import type { QualifiedName } from '../sql/names.js';
import type { CatalogueKey } from './records.js';
import { fetchJson, renderLiteral, type ScratchSession } from './scratch.js';

/** What the history left behind. */
export interface FinalState {
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly object: CatalogueKey;
  }[];
  /** Per function what its body names, resolved at the end: plpgsql looks only when it runs. */
  readonly late: ReadonlyMap<CatalogueKey, readonly CatalogueKey[]>;
  /** Names of objects that still exist. */
  readonly identities: ReadonlyMap<CatalogueKey, { readonly type: string; readonly identity: string }>;
}

const TABLES = `
select coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
  'object', pg_catalog.plinth_owner('pg_catalog.pg_class'::regclass, c.oid)) order by n.nspname, c.relname), '[]') as tables
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t'
  and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const FUNCTIONS = `
select coalesce(json_agg(json_build_object('object', pg_catalog.plinth_owner('pg_catalog.pg_proc'::regclass, p.oid),
  'definition', pg_catalog.pg_get_functiondef(p.oid), 'source', p.prosrc, 'language', l.lanname)), '[]') as functions
from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
where p.oid >= 16384 and l.lanname in ('plpgsql', 'sql') and p.prokind in ('f', 'p') and p.proname !~ '^plinth_'
  and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`;

export async function readFinalState(
  session: ScratchSession,
  objects: readonly CatalogueKey[],
): Promise<FinalState> {
  const tables = await fetchJson<FinalState['tables']>(session, TABLES, 'tables');
  const late = await readLateNames(session);
  const all = new Set([
    ...objects,
    ...tables.map((t) => t.object),
    ...[...late].flatMap(([f, names]) => [f, ...names]),
  ]);
  return { tables, late, identities: await readIdentities(session, [...all]) };
}

/** The objects that are in the database before the history runs. */
export async function readEnvironment(session: ScratchSession): Promise<ReadonlySet<CatalogueKey>> {
  const keys = await fetchJson<(CatalogueKey | null)[]>(
    session,
    `select coalesce(json_agg(distinct o), '[]') as objects from (
       select pg_catalog.plinth_owner(classid, objid) as o from pg_catalog.pg_depend where objid >= 16384
       union select 'pg_namespace:' || oid from pg_catalog.pg_namespace where oid >= 16384) found where o is not null`,
    'objects',
  );
  return new Set(keys.filter((key) => key !== null));
}

async function readLateNames(session: ScratchSession): Promise<FinalState['late']> {
  const functions = await fetchJson<
    readonly { object: CatalogueKey; definition: string; source: string | null; language: string }[]
  >(session, FUNCTIONS, 'functions');
  const late = new Map<CatalogueKey, readonly CatalogueKey[]>();
  for (const { object, definition, source, language } of functions) {
    const names = getBodyNames(definition, language, source ?? '') ?? getLikelyNames(source ?? '');
    const pairs = (list: readonly QualifiedName[]) => list.map(({ schema, name }) => [schema, name]);
    const wanted = JSON.stringify({
      relation: pairs(names.relations),
      type: pairs(names.types),
      function: pairs(names.functions),
    });
    const { resolved } = await fetchJson<{ resolved: readonly [string, string, string, CatalogueKey][] }>(
      session,
      `select pg_catalog.plinth_before(${renderLiteral(wanted)}, '{}') as before`,
      'before',
    );
    const found = new Set([...(late.get(object) ?? []), ...resolved.map(([, , , key]) => key)]);
    found.delete(object);
    late.set(object, [...found]);
  }
  return late;
}

async function readIdentities(
  session: ScratchSession,
  objects: readonly CatalogueKey[],
): Promise<FinalState['identities']> {
  const known = objects.filter((key) => /^\w+:\d+$/.test(key));
  const rows = await fetchJson<readonly [CatalogueKey, string | null, string | null][]>(
    session,
    `select coalesce(json_agg(json_build_array(key, i.type, i.identity)), '[]') as identities
     from pg_catalog.json_array_elements_text(${renderLiteral(JSON.stringify(known))}) as k(key),
     lateral pg_catalog.pg_identify_object(('pg_catalog.' || pg_catalog.split_part(key, ':', 1))::regclass, pg_catalog.split_part(key, ':', 2)::oid, 0) as i`,
    'identities',
  );
  return new Map(
    rows.flatMap(([key, type, identity]) =>
      type === null || identity === null ? [] : [[key, { type, identity }]],
    ),
  );
}
