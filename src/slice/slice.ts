import type { CodeStep } from '../model/history.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import type { Slice } from '../model/slice.js';
import { getClosure, type Universe } from './closure.js';
import { createGraph } from './graph.js';
import { getOutsidePartitions } from './partitions.js';
import { getWantedTables } from './tables.js';
import { createUniverse, getIdle, getLeftObjects } from './universe.js';

export interface SliceRequest {
  /** Names and patterns of tables; null for everything that the history leaves. */
  readonly tables: readonly string[] | null;
  /** Leave the order of arrival out of account: a database for this request only. */
  readonly alone: boolean;
  /** The tables that may ever be asked for on this database; empty = all. */
  readonly declared: readonly string[];
  /** Idle data statements that must run, because their tables may hold rows. */
  readonly live?: readonly number[];
  /** Statements of repeatable migrations that run again, whether a wanted table needs them or not. */
  readonly again?: readonly number[];
  /** Partitions that the slice can do without. Default: none. */
  readonly unwanted?: ReadonlySet<string>;
  /** Those of the history, for errors to name. Default: none. */
  readonly codeSteps?: readonly CodeStep[];
}

/** Makes slices of one observation. */
export interface Slicer {
  readonly observation: Observation;
  getSlice(request: SliceRequest): Slice;
}

export function createSlicer(observation: Observation): Slicer {
  const graph = createGraph(observation);
  const universes = new Map<string, Universe>();
  const getUniverseOf = (declared: readonly string[], wanted: readonly ObjectRef[]): Universe => {
    const key = declared.length === 0 ? '' : `${declared.join('\0')}\0${wanted.join(',')}`;
    const known = universes.get(key);
    if (known !== undefined) return known;
    // Whoever declares nothing may ask for anything, the whole history too.
    const tables =
      declared.length === 0
        ? getLeftObjects(observation)
        : [...getWantedTables(observation, declared).map(({ object }) => object), ...wanted];
    const universe = createUniverse(graph, tables);
    universes.set(key, universe);
    return universe;
  };

  return {
    observation,
    getSlice: ({
      tables: names,
      alone,
      declared,
      live = [],
      again = [],
      codeSteps = [],
      unwanted = new Set(),
    }) => {
      const wanted = names === null ? [] : getWantedTables(observation, names, codeSteps);
      const tables = names === null ? getLeftObjects(observation) : wanted.map(({ object }) => object);
      const universe = alone ? null : getUniverseOf(declared, tables);
      const closure = getClosure(graph, {
        tables,
        universe,
        forced: live,
        again,
        unobserved: names === null,
      });
      const reasons = closure.getReasons();
      const outside = getOutsidePartitions(observation, reasons.keys(), unwanted);
      return {
        tables: wanted.map(({ name }) => name),
        kept: new Map([...reasons].filter(([ordinal]) => !outside.statements.has(ordinal))),
        outside,
        objects: closure.objects,
        idle: getIdle(graph, closure),
      };
    },
  };
}
