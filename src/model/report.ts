import type { Difference } from './fact.js';
import type { ObjectRef, Observation, ObservedStatement } from './observation.js';
import type { Standing } from './proof.js';
import type { StatusRun, StatusService } from './status.js';

/** A statement as a page shows it, with what choosing slices takes. */
export interface ReportStatement
  extends Pick<ObservedStatement, 'migration' | 'kind' | 'file' | 'line' | 'effect'> {
  /** Its text without passwords; a very long one is cut. */
  readonly sql: string;
  /** The size of the whole text, in characters. */
  readonly size: number;
}

/** What was proven of a table's slice. */
export interface ReportProof {
  readonly standing: Standing;
  /** Why it was enlarged, or is not provable, in words; empty where it is proven. */
  readonly why: string;
}

/** A table that the history leaves. */
export interface ReportTable {
  /** `schema.name` */
  readonly name: string;
  readonly object: ObjectRef;
  /** How many statements its slice has on a database of its own (`--alone`), and with room for requests that come later. */
  readonly size: { readonly alone: number; readonly shared: number };
  /** Its partitions, with the bounds of each. */
  readonly partitions: readonly (readonly [identity: string, bounds: string])[];
  /** Null where nobody proved it. */
  readonly proof: ReportProof | null;
}

/** A history and what was seen of it. */
export interface ReportHistory extends Pick<Observation, 'objects' | 'late' | 'enlarged'> {
  /** Its name in the ledger. */
  readonly name: string;
  readonly format: string;
  /** Seen from the working directory, where it is below that. */
  readonly location: string;
  /** What the page calls it. */
  readonly title: string;
  /** The files, or whatever its tool calls them, in their order. */
  readonly migrations: readonly string[];
  /** Steps that are programs: the name, and the migration before which it stands. */
  readonly codeSteps: readonly (readonly [name: string, before: number])[];
  readonly statements: readonly ReportStatement[];
  readonly tables: readonly ReportTable[];
  /** `server_version_num` of the server that it was watched on. */
  readonly server: number;
}

/** Who uses what, by the ledger of one database. */
export interface ReportUsage {
  readonly target: string;
  readonly services: readonly StatusService[];
  /** The newest first. */
  readonly runs: readonly StatusRun[];
}

/** A statement that only one of two histories has, or that reads otherwise. */
export interface StatementChange {
  readonly change: 'added' | 'changed' | 'removed';
  /** Its ordinal; null where it is gone. */
  readonly now: number | null;
  /** What is known of it as it was; null where it is new. A lock file has no text. */
  readonly before: {
    readonly kind: string;
    readonly line: number;
    readonly writes: readonly string[];
  } | null;
}

/** A table that one of two histories lacks, or whose slice is another one. */
export interface TableChange {
  readonly name: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The sizes of its slice, before and now; null where there is none. */
  readonly before: number | null;
  readonly now: number | null;
  /** Ordinals of statements that its slice had not before. */
  readonly gained: readonly number[];
  /** How many statements it no longer has. */
  readonly lost: number;
  /** How well it was proven, before and now; null where nobody did. */
  readonly proof: { readonly before: Standing | null; readonly now: Standing | null };
}

/** What became of a history since an earlier lock file. */
export interface ReportChanges {
  /** The earlier lock file. */
  readonly path: string;
  readonly server: number;
  /** How many it had then. */
  readonly statements: number;
  readonly tables: number;
  readonly statementChanges: readonly StatementChange[];
  readonly tableChanges: readonly TableChange[];
  /** How the catalogue at the end differs: `expected` is how it was, `found` how it is. */
  readonly differences: readonly Difference[];
}

/** All that a page about a history shows; slices are chosen in the page itself. */
export interface Report {
  readonly format: 'plinth-report/1';
  /** Plinth's. */
  readonly version: string;
  /** ISO time. */
  readonly madeAt: string;
  readonly history: ReportHistory;
  /** Tables to begin with, as `schema.name`. */
  readonly chosen: readonly string[];
  /** Null where no database was asked. */
  readonly usage: ReportUsage | null;
  /** Null where there is no earlier lock file. */
  readonly changes: ReportChanges | null;
}
