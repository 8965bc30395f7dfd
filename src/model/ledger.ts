/** How a statement got into the ledger. `started`: it runs outside of a transaction and was not seen to end. */
export type LedgerState = 'applied' | 'elided' | 'adopted' | 'skipped' | 'started';

export interface LedgerStatement {
  /** The migration's id (`Migration.id`). */
  readonly migration: string;
  /** The statement's 0-based place in its migration. */
  readonly index: number;
  readonly digest: string;
  readonly state: LedgerState;
}

/** A migration as the folder had it when a run last looked. */
export interface LedgerMigration {
  readonly id: string;
  readonly name: string;
  /** The digests of all of its statements, applied or not. */
  readonly digests: readonly string[];
}

/** What the target's ledger says about one history. */
export interface Ledger {
  /** False where the ledger's schema does not exist yet. */
  readonly exists: boolean;
  /** In the history's order. */
  readonly migrations: readonly LedgerMigration[];
  readonly statements: readonly LedgerStatement[];
}

export const EMPTY_LEDGER: Ledger = { exists: false, migrations: [], statements: [] };

/** How a statement that is in the ledger differs from the folder's. */
export interface HistoryChange {
  readonly migration: string;
  readonly migrationName: string;
  readonly index: number;
  /** The text that the folder has there now; null where the statement is gone. */
  readonly now: { readonly sql: string; readonly file?: string | undefined; readonly line: number } | null;
}
