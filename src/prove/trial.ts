import { createHash } from 'node:crypto';
import type { History } from '../model/history.js';
import type { ObjectRef, Observation } from '../model/observation.js';
import type { Slicer } from '../slice/slice.js';
import type { RowPicture } from './rows.js';

/** What is asked for at once; null: the whole history. */
export interface Request {
  readonly tables: readonly string[] | null;
  readonly alone: boolean;
}

/** Requests that are brought into an empty database one after the other, and what must then be there. */
export interface Trial {
  /** The same key, the same outcome. */
  readonly key: string;
  readonly requests: readonly Request[];
  readonly objects: ReadonlySet<ObjectRef>;
  /** How many statements it runs. */
  readonly weight: number;
}

/** Why the outcome of a trial is not as it should be. */
export type Problem =
  | {
      readonly is: 'failed';
      /** Null where it was no statement of the history. */
      readonly ordinal: number | null;
      readonly reason: string;
    }
  | {
      readonly is: 'different';
      /** As differences name it: `table public.orders`. */
      readonly object: string;
      readonly kind: string;
      readonly name: string;
      readonly expected: string | null;
      readonly found: string | null;
    }
  | { readonly is: 'rows'; readonly object: string; readonly expected: number; readonly found: number }
  | { readonly is: 'again'; readonly ordinal: number };

// Changes whenever what a trial does, or how it is judged, does.
const VERSION = 1;

/** Makes the keys of trials: by what is run, and by what should come of it. */
export interface Keys {
  getKey(
    requests: readonly (readonly number[])[],
    objects: ReadonlySet<ObjectRef>,
    rows: ReadonlyMap<string, RowPicture> | null,
  ): string;
}

export function createKeys(history: History, observation: Observation, around: readonly unknown[]): Keys {
  const base = hash([VERSION, around]);
  const statements = observation.statements.map(({ digest, migration, effect }) => [
    digest,
    history.migrations[migration]!.id,
    history.migrations[migration]!.transaction,
    effect.outside === true,
  ]);
  const facts = new Map<ObjectRef, string[]>();
  for (const { of, ...kept } of observation.facts) {
    const { type, identity } = observation.objects[of]!;
    facts.set(of, [...(facts.get(of) ?? []), hash([type, identity, kept])]);
  }
  return {
    getKey: (requests, objects, rows) =>
      hash([
        base,
        requests.map((ordinals) => ordinals.map((ordinal) => statements[ordinal])),
        [...objects].flatMap((object) => facts.get(object) ?? []).sort(),
        rows === null
          ? null
          : [...objects].map((object) => rows.get(observation.objects[object]!.identity) ?? 0),
      ]),
  };
}

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40);

/** The ordinals of a request's slice, and what it makes. */
export function getRequested(
  slicer: Slicer,
  { tables, alone }: Request,
): { readonly ordinals: readonly number[]; readonly objects: ReadonlySet<ObjectRef> } {
  const slice = slicer.getSlice({ tables, alone, declared: [] });
  return { ordinals: [...slice.kept.keys()], objects: slice.objects };
}
