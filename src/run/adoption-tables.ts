import type { AdoptionTable } from '../model/adoption.js';
import type { ObjectRef } from '../model/observation.js';
import { renderPlace } from '../model/place.js';
import { getAdopted, getEqual } from './adopting.js';
import { type Comparison, getUnclearReason } from './comparison.js';
import type { Watched } from './planning.js';
import type { Prepared } from './prepared.js';

/** How each table compares, and the statements that can be adopted though others cannot. */
export interface AdoptableTables {
  /** Without `asOf`. */
  readonly tables: readonly AdoptionTable[];
  /** Ordinals. */
  readonly adopted: readonly number[];
}

/** Finds what can be adopted table by table: each that is equal, with all it stands on. */
export function getAdoptableTables(
  prepared: Prepared,
  watched: Watched,
  comparison: Comparison,
): AdoptableTables {
  const { standings } = comparison;
  const tables = getWantedTables(watched).map(({ name, object }) => ({
    object,
    ...getTable(prepared, watched, comparison, { name, object }),
  }));
  const equal = new Set(getEqual(watched, standings));
  for (const { object, state } of tables) if (state === 'different') equal.delete(object);
  const present = new Set([...standings].filter(([, s]) => s === 'different').map(([ref]) => ref));
  const joined = new Map<ObjectRef, string>();
  for (;;) {
    const { adopted, mixed } = getAdopted(watched, comparison, equal, present);
    const [ordinal] = mixed;
    if (ordinal === undefined) {
      return {
        tables: tables.map(({ object, ...table }) => ({
          ...table,
          reason: joined.get(object) ?? table.reason,
        })),
        adopted,
      };
    }
    const { file, line, migration, effect } = comparison.statements[ordinal]!;
    const { name: migrationName } = prepared.history.migrations[migration]!;
    for (const object of effect?.writes ?? []) {
      if (!equal.delete(object)) continue;
      const place = renderPlace({ migrationName, file, line });
      joined.set(object, `${place} makes a part of it together with something that is missing`);
    }
  }
}

function getWantedTables({ observation, slice }: Watched): { name: string; object: ObjectRef }[] {
  return observation.tables
    .filter(({ object }) => slice.objects.has(object))
    .map(({ schema, name, object }) => ({ name: `${schema}.${name}`, object }));
}

function getTable(
  prepared: Prepared,
  watched: Watched,
  { standings, differences, refs }: Comparison,
  { name, object }: { readonly name: string; readonly object: ObjectRef },
): AdoptionTable {
  const table = { name, differences: [], asOf: null, reason: null };
  const standing = standings.get(object);
  if (standing === undefined) return { ...table, state: 'recorded' };
  if (standing === 'missing') return { ...table, state: 'missing' };
  if (standing === 'unknown') {
    const reason = getUnclearReason(prepared, watched, object) ?? 'nothing is known of it';
    return { ...table, state: 'different', reason: `it cannot be compared: ${reason}` };
  }
  const stands = watched.slicer.getSlice({ tables: [name], alone: true, declared: [] }).objects;
  const own = differences.filter((difference) => {
    const ref = refs.get(difference.object)!;
    return stands.has(ref) && standings.get(ref) === 'different';
  });
  return { ...table, state: own.length === 0 ? 'equal' : 'different', differences: own };
}
