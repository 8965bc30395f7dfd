import type { LockHolder } from './event.js';
import type { LedgerState } from './ledger.js';

/** A session that has to do with the lock. What PostgreSQL hides from this user is null, or says so. */
export interface LockSession extends LockHolder {
  readonly user: string | null;
  /** Its address; null over a Unix socket. */
  readonly client: string | null;
  /** When it connected: with the pid it tells one session from any other. */
  readonly backendStart: string | null;
}

/** Who holds the lock of a ledger, who waits for it, and who keeps the holder waiting. */
export interface LockStatus {
  readonly holder: LockSession | null;
  readonly waiting: readonly LockSession[];
  /** Sessions that hold what the holder waits for. */
  readonly blocking: readonly LockSession[];
}

/** A history as the ledger has it. Times are UTC, as in `2026-01-02T03:04:05.678Z`. */
export interface StatusHistory {
  readonly name: string;
  readonly format: string;
  /** The folder as the last run named it. */
  readonly location: string;
  readonly digest: string;
  /** How many migrations and statements the folder had then. */
  readonly migrations: number;
  readonly statements: number;
  /** How many of its statements are in the database, by how they got there. */
  readonly states: Readonly<Partial<Record<LedgerState, number>>>;
  /** The newest migration of which something is in the database. */
  readonly newest: string | null;
  readonly at: string;
}

/** A table, and which services asked for it. */
export interface StatusTable {
  readonly name: string;
  /** False where something dropped it. */
  readonly there: boolean;
  readonly asked: readonly { readonly history: string; readonly service: string; readonly at: string }[];
}

export interface StatusService {
  readonly name: string;
  readonly histories: readonly string[];
  readonly tables: readonly string[];
  /** When it was last found to have what it asked for. */
  readonly at: string;
}

export interface StatusRun {
  readonly id: string;
  readonly history: string;
  readonly service: string;
  readonly startedAt: string;
  /** Null where it goes on, or was cut off. */
  readonly endedAt: string | null;
  readonly elapsedMs: number | null;
  /** `running`: it holds the lock. `cut off`: it ended without saying so. */
  readonly outcome: string;
  /** Plinth's. */
  readonly version: string;
}

/** How a migration folder and the ledger differ. */
export interface StatusDrift {
  readonly history: string;
  readonly location: string;
  /** Statements that read otherwise than when they were applied, and ones that are gone; `file.sql:4`. */
  readonly changed: readonly string[];
  /** Migrations with applied statements that are no longer in the folder. */
  readonly deleted: readonly string[];
  /** Migrations that were inserted below the newest one. */
  readonly outOfOrder: readonly string[];
  /** What a run for the wanted tables would run. */
  readonly pending: readonly { readonly migration: string; readonly statements: number }[];
  /** The tables that are wanted; empty: the whole history. */
  readonly tables: readonly string[];
  /** Why what is pending is not known; null where it is. */
  readonly unknown: string | null;
  /** How the catalogue compares with what the folder leaves; null where nobody has watched the folder's history yet. */
  readonly catalogue: { readonly checked: number; readonly differences: readonly string[] } | null;
}

/** What Plinth has to do with a database. */
export interface Status {
  readonly target: string;
  readonly server: { readonly version: string; readonly standby: boolean; readonly readOnly: boolean };
  readonly ledger: { readonly schema: string; readonly exists: boolean; readonly version: number | null };
  readonly histories: readonly StatusHistory[];
  readonly tables: readonly StatusTable[];
  readonly services: readonly StatusService[];
  /** The newest first. */
  readonly runs: readonly StatusRun[];
  readonly lock: LockStatus;
  /** Null where no migration folder was given. */
  readonly drift: StatusDrift | null;
}
