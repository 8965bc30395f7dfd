import type { Format } from './history.js';
import type { ProofState } from './proof.js';
import type { Reason } from './slice.js';

/** The word CONCURRENTLY of an index statement, and what it is about. */
export interface Concurrently {
  /** UTF-16 offsets `[start, end)` of the word in the step's `sql`. */
  readonly start: number;
  readonly end: number;
  readonly does: 'create' | 'drop' | 'reindex';
  /** The table as SQL text (quoted, qualified where the statement qualifies it); null where the statement names none. */
  readonly table: string | null;
  /** The index: for `create` its bare name, null where PostgreSQL chooses it; for `drop` and `reindex` SQL text as for `table`. */
  readonly index: string | null;
}

/** One statement that is to run. */
export interface Step {
  readonly ordinal: number;
  readonly migration: number;
  /** The migration's id and name. */
  readonly migrationId: string;
  readonly migrationName: string;
  readonly index: number;
  /** The file that it stands in, where the migration includes it. */
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
  readonly sql: string;
  /** What is sent after a `COPY … FROM STDIN`. */
  readonly rows?: string | undefined;
  /** Steps of one block are one transaction where the migration is none. */
  readonly block?: number | undefined;
  readonly digest: string;
  readonly reason: Reason;
  readonly outside: boolean;
  /** Session settings run again with their migration; they are not in the ledger. */
  readonly session: boolean;
  readonly roles: readonly string[];
  readonly concurrently?: Concurrently;
  /** What it must meet otherwise than the database has it, because statements that come later ran before. */
  readonly rights?: StepRights;
}

/** How the rights around a late step are kept as if it had run in its place. */
export interface StepRights {
  /** ALTER DEFAULT PRIVILEGES that run before it: what later ones did is taken back. */
  readonly before?: readonly string[];
  /** Those that run after it, and bring that back. */
  readonly after?: readonly string[];
  /** Objects whose rights it must leave as they are, though it is about all that are there. */
  readonly spared?: readonly SparedObject[];
}
export interface SparedObject {
  readonly type: string;
  readonly identity: string;
}

/** The steps of one migration, which are committed together where its transaction rule allows it. */
export interface PlannedMigration {
  readonly ordinal: number;
  readonly id: string;
  readonly name: string;
  readonly transaction: 'each' | 'none';
  readonly steps: readonly Step[];
  /** Idle statements that need not run because their tables are made in this run: they go into the ledger as elided. */
  readonly elided: readonly Step[];
  /** It is SQL that was recorded for a step in code. */
  readonly recorded?: true;
  /** For a repeatable migration that changed and runs again: the places of the ledger's rows that go, beside those that this run writes anew. */
  readonly outdated?: readonly number[];
}

/** A step that is a program, in the stretch of the history that the plan covers: it is not run. */
export interface PlannedCodeStep {
  readonly name: string;
  /** The migration that it stands before, by its ordinal and its name; the number of migrations and null where it stands last. */
  readonly before: number;
  readonly beforeName: string | null;
}

/** A statement that is not part of the plan. */
export interface LeftOutStatement {
  readonly migrationName: string;
  readonly file?: string | undefined;
  readonly line: number;
  readonly kind: string;
  readonly sql: string;
}

export interface LeftOut {
  readonly statements: number;
  /** Nothing wanted needs them. */
  readonly unneeded: readonly LeftOutStatement[];
  /** They did nothing when the history ran. */
  readonly idle: readonly LeftOutStatement[];
  /** They are about partitions outside of the window that was asked for. */
  readonly outside: readonly LeftOutStatement[];
}

/** Slice minus ledger. */
export interface Plan {
  readonly history: {
    readonly name: string;
    readonly format: Format;
    readonly location: string;
    readonly digest: string;
    readonly migrations: number;
    readonly statements: number;
  };
  /** The tables asked for as `schema.name`; empty = the whole history. */
  readonly tables: readonly string[];
  /** What a proof says of the slices of these tables; `stale`: the lock file beside the history is of another one. */
  readonly proof: ProofState;
  readonly migrations: readonly PlannedMigration[];
  /** In order; those before what is in the ledger already were told by an earlier run. */
  readonly codeSteps: readonly PlannedCodeStep[];
  /** How many statements of the slice the ledger has already. */
  readonly already: number;
  readonly leftOut: LeftOut;
  /** Tables (`schema.name`) that the steps create. */
  readonly creates: readonly string[];
  /** Those of them that must not be there yet, because no earlier run made a table of that name that the steps take away. */
  readonly absent: readonly string[];
  /** Tables (`schema.name`) of the slice that an earlier run made and no step touches: they must be there. */
  readonly expects: readonly string[];
}
