import type { Finding } from './finding.js';
import type { VerifyResult } from './verification.js';

export type StepStatus = 'applied' | 'adopted' | 'elided' | 'skipped' | 'failed' | 'not-executed';

/** What became of one planned statement. */
export interface StepResult {
  readonly migration: string;
  readonly statement: number;
  /** The file that it stands in, where the migration includes it. */
  readonly file?: string | undefined;
  readonly line: number;
  readonly status: StepStatus;
}

/** Accounts for every planned step, whatever happened. */
export interface RunResult {
  /** `adopted`: nothing had to run, but what was there and in no ledger is in the ledger now. */
  readonly outcome: 'applied' | 'adopted' | 'nothing-to-do' | 'failed' | 'aborted';
  readonly run: string;
  /** The tables asked for as `schema.name`; empty = the whole history. */
  readonly tables: readonly string[];
  /** Tables that this run made. */
  readonly created: readonly string[];
  /** Tables that were there as the history leaves them, and in no ledger: now they are in it. */
  readonly adopted: readonly string[];
  /** Statements of the slice that the ledger had already. */
  readonly already: number;
  readonly steps: readonly StepResult[];
  readonly findings: readonly Finding[];
  /** How the outcome compared with what the history leaves; null where nothing ran, or it was not compared. */
  readonly verified: VerifyResult | null;
  readonly elapsedMs: number;
}
