import type { FactKind } from './fact.js';
import type { Format } from './history.js';
import type { Concurrently } from './plan.js';
import type { Enlargement, RecordedStep, TableProof } from './proof.js';

/** An object that statements write and need; a sub-object (index, trigger, policy, partition …) counts as its table. */
export interface ObservedObject {
  /** e.g. `table`, `function`, `type`, `sequence`, `view`, `schema`, `extension`, `role`. */
  readonly type: string;
  /** The last name that it had, as PostgreSQL's object identity: `public.audit_events`, `public.f(integer)`. */
  readonly identity: string;
  /** True for what was there before the history (the prelude's objects): expected in the target, never made. */
  readonly environment?: true;
  /** True for what the history itself took away again. */
  readonly gone?: true;
}

/** Index into `Observation.objects`. */
export type ObjectRef = number;

/** `object` needs `needs`, by way of `via` (`trigger trg_set_date`, `constraint orders_fk`), if `object` itself is wanted. */
export type ConditionalNeed = readonly [object: ObjectRef, needs: ObjectRef, via: string];

/** How a statement failed on the scratch server. */
export interface FailedEffect {
  readonly sqlstate: string;
  readonly message: string;
  /** The table that it would have made, with the schema if it names one, and its migration's name. */
  readonly table?: { readonly schema: string; readonly name: string; readonly file: string };
  /** Where, innermost first, where it is not just the statement: UTF-16 offsets in the SQL of statements, and the body. */
  readonly at?: readonly (readonly [ordinal: number, offset: number, within: string | null])[];
}

/** What one statement did when the history ran on the scratch server. */
export interface Effect {
  /** Objects made, altered, dropped, refilled or whose rights changed. */
  readonly writes: readonly ObjectRef[];
  /** What the statement needs in order to run. */
  readonly needs: readonly ObjectRef[];
  readonly conditional: readonly ConditionalNeed[];
  /** Names of the sub-objects that it made, by the object that owns them: `index idx_a`, `trigger trg`. */
  readonly parts: readonly (readonly [ObjectRef, string])[];
  /** Objects that it creates as such (CREATE TABLE, not ALTER). */
  readonly creates: readonly ObjectRef[];
  /** Session settings, default privileges and the like: part of every slice. */
  readonly always?: true;
  /** A setting of the session only: runs again whenever its migration runs. */
  readonly session?: true;
  /** It did nothing. With `targets`: tables whose rows it would change, had they any. */
  readonly idle?: true;
  readonly targets?: readonly ObjectRef[];
  /** It failed on the scratch server: kept where a wanted object is named in it. */
  readonly failed?: FailedEffect;
  /** It must run outside of a transaction, whatever its file says. */
  readonly outside?: true;
  /** An index statement with the word CONCURRENTLY. */
  readonly concurrently?: Concurrently;
  /** Roles that it names and that must exist in the target. */
  readonly roles?: readonly string[];
  /** Roles that a DO block looks up, for which it does something where the target has them. */
  readonly soughtRoles?: readonly string[];
  /** It acts on whatever is there (GRANT … ON ALL TABLES): it runs again for a table that comes late. */
  readonly repeatable?: true;
  /** Of ALTER DEFAULT PRIVILEGES: the statement that takes back what it did. */
  readonly undo?: string;
  /** Partitions that it is about, by the last name that each had. */
  readonly partitions?: readonly string[];
  /** It is about nothing but those partitions. */
  readonly only?: true;
  /** Earlier statements (ordinals) that must come along, so that a later request still finds what it expects (docs/slicing.md, Order-free). */
  readonly before?: readonly number[];
}

/** A statement as far as planning needs it: enough to cut it out of its file without a parser. */
export interface ObservedStatement {
  readonly migration: number;
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** The rows behind a COPY: UTF-16 offsets `[start, end)`. */
  readonly rows?: readonly [start: number, end: number] | undefined;
  /** As in `Statement.file`. */
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
  /** As in `Statement.block`. */
  readonly block?: number | undefined;
  readonly digest: string;
  readonly effect: Effect;
}

/** A table that exists at the end. */
export interface ObservedTable {
  readonly name: string;
  readonly schema: string;
  readonly object: ObjectRef;
  /** Absent where nobody proved it. */
  readonly proof?: TableProof;
}

/** Changes whenever an observation of before would be misunderstood. */
export const OBSERVATION_FORMAT = 'plinth-observation/5';

/** What the history did, statement by statement; kept under `digest`. */
export interface Observation {
  readonly format: typeof OBSERVATION_FORMAT;
  /** `History.digest` of what was observed. */
  readonly digest: string;
  /** SHA-256 over the statements' digests: still equal when only comments or white space changed. */
  readonly statementsDigest: string;
  readonly historyFormat: Format;
  /** The names of its migrations. Absent where an older Plinth watched it. */
  readonly migrations?: readonly string[];
  /** It stands in for a lock file that does not fit. Never written. */
  readonly isStandIn?: true;
  /** The search path that the history was watched with, where one was given. */
  readonly searchPath?: string;
  /** A digest of the prelude, where one was given. */
  readonly prelude?: string;
  /** `server_version_num` of the scratch server. */
  readonly server: number;
  readonly statements: readonly ObservedStatement[];
  readonly objects: readonly ObservedObject[];
  /** The tables that exist at the end, with their object. */
  readonly tables: readonly ObservedTable[];
  /** What a proof added to slices. Absent: nothing. */
  readonly enlarged?: readonly Enlargement[];
  /** The steps in code that were watched as recorded SQL, in order. Absent: none. */
  readonly steps?: readonly RecordedStep[];
  /** Per function that is left at the end: what its body names. */
  readonly late: readonly (readonly [ObjectRef, readonly ObjectRef[]])[];
  /** What the catalogue says at the end about what the history made, in the order of types and names. */
  readonly facts: readonly KeptObject[];
}

/**
 * Facts by their kind: the text where the object has but one, else `[name, text]` each. A column has one entry for all
 * that hangs on it: `[name, type, 'NOT NULL', kind, text, kind, text …]`.
 */
export type KeptFacts = Readonly<Partial<Record<FactKind, string | readonly (readonly string[])[]>>>;

/** An object of the catalogue with its facts, written as briefly as can be read. */
export interface KeptObject {
  /** The observed object that it belongs to: an owned sequence's is its table. */
  readonly of: ObjectRef;
  /** Where it is not that object itself. */
  readonly type?: string;
  readonly identity?: string;
  /** The role that the history gave it to. */
  readonly owner?: string;
  readonly facts: KeptFacts;
  readonly partitions?: readonly KeptPartitions[];
}

/** Partitions that differ from their parent in the same way, mostly not at all. */
export interface KeptPartitions {
  /** Where the parent is a partition itself. */
  readonly parent?: string;
  /** Where they are no tables: `foreign table`. */
  readonly type?: string;
  readonly owner?: string;
  /** Code made them that asks what time it is: another day it makes others. */
  readonly clock?: true;
  /** What they have otherwise than the parent, or beyond it. */
  readonly facts?: KeptFacts;
  /** `[kind, name]` of what the parent has and they have not. */
  readonly lack?: readonly (readonly [FactKind, string])[];
  /** `[identity, bounds]` */
  readonly tables: readonly (readonly [string, string])[];
}
