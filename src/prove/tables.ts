import type { Observation } from '../model/observation.js';
import type { Enlargement } from '../model/proof.js';
import type { Slicer } from '../slice/slice.js';
import type { Rule } from './enlarge.js';
import type { ReferenceRows } from './lab.js';
import { getRequested, type Keys, type Problem, type Request, type Trial } from './trial.js';

/** A table while it is being proven. */
export interface TableState {
  readonly name: string;
  readonly object: number;
  /** The next rule to try. */
  rule: number;
  /** What the last rule added. */
  added: readonly number[];
  by: Rule | null;
  /** What was wrong at first. */
  first: Problem | null;
  /** No rule is left, or none can help. */
  isLost: boolean;
}

export function createTableStates({ tables }: Observation): readonly TableState[] {
  return tables.map(({ schema, name, object }) => ({
    name: `${schema}.${name}`,
    object,
    rule: 0,
    added: [],
    by: null,
    first: null,
    isLost: false,
  }));
}

export function getEnlargements(states: readonly TableState[]): readonly Enlargement[] {
  return states.filter(({ added }) => added.length > 0).map(({ object, added }) => [object, added]);
}

/** A table's trials: on a database of its own, and with room for later requests. */
export interface TableTrials {
  readonly alone: Trial;
  readonly roomy: Trial;
  readonly kept: readonly number[];
  readonly order: readonly number[];
}

/** What a table needs with room for later requests: one choice, where its parts need not be told apart. */
export function getRoomySlice(slicer: Slicer, table: string): { readonly ordinals: readonly number[] } {
  return getRequested(slicer, { tables: [renderExact(table)], alone: false });
}

/** The statements of a table's slice, and what comes along for later requests. */
export function getTableSlice(
  slicer: Slicer,
  table: string,
): { readonly statements: readonly number[]; readonly order: readonly number[] } {
  const [alone, roomy] = [true, false].map((isAlone) =>
    getRequested(slicer, { tables: [renderExact(table)], alone: isAlone }),
  );
  const kept = new Set(alone!.ordinals);
  return {
    statements: alone!.ordinals,
    order: roomy!.ordinals.filter((ordinal) => !kept.has(ordinal)),
  };
}

export function getTableTrials(slicer: Slicer, keys: Keys, rows: ReferenceRows, table: string): TableTrials {
  const requests: readonly Request[] = [true, false].map((alone) => ({
    tables: [renderExact(table)],
    alone,
  }));
  const found = requests.map((request) => getRequested(slicer, request));
  const [alone, roomy] = found.map(({ ordinals, objects }, at): Trial => {
    const key = keys.getKey([ordinals], objects, rows);
    return { key, requests: [requests[at]!], objects, weight: ordinals.length };
  });
  const kept = new Set(found[0]!.ordinals);
  return {
    alone: alone!,
    roomy: roomy!,
    kept: found[0]!.ordinals,
    order: found[1]!.ordinals.filter((ordinal) => !kept.has(ordinal)),
  };
}

/** The trial of requests that come one after the other. */
export function getSequenceTrial(
  slicer: Slicer,
  keys: Keys,
  rows: ReferenceRows,
  tables: readonly string[],
): Trial {
  const requests = tables.map((table): Request => ({ tables: [renderExact(table)], alone: false }));
  const found = requests.map((request) => getRequested(slicer, request));
  const objects = new Set(found.flatMap((one) => [...one.objects]));
  const ordinals = found.map((one) => one.ordinals);
  return {
    key: keys.getKey(ordinals, objects, rows),
    requests,
    objects,
    weight: new Set(ordinals.flat()).size,
  };
}

// A name is a pattern: what stands for more than itself is quoted.
const renderExact = (table: string): string => table.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
