import type { ToolLedgerName } from '../model/tool-ledger.js';
import type { Check } from './check.js';
import { type DatabaseOptions, type ResolvedDatabase, resolveDatabase } from './database.js';
import type { Env } from './environment.js';
import { type HistoryOptions, type ResolvedHistoryOptions, resolveHistory } from './history.js';
import { ensureToolLedgers, readToolLedger } from './tool-ledger.js';

/** What to plan for. Without a target the plan is for an empty database. */
export interface PlanOptions extends HistoryOptions, DatabaseOptions {
  /** Accepts statements that changed after being applied, without running them. Default: false. */
  allowChanged?: boolean;
  /** Runs migrations that were inserted below the newest one. Default: false. */
  allowOutOfOrder?: boolean;
  /**
   * The tool whose own table says what is applied already: `goose`, or `goose=schema.table` where it is not the default
   * one. It counts after the catalogue was compared. Default: none.
   */
  trustLedger?: string;
  /** The tool whose own table is kept up to date, for a whole history: `goose`, `goose=schema.table`. Default: none. */
  writeLedger?: string;
}

/** `PlanOptions` with every default filled in; `url`, `embedded` and `cluster` null: an empty database. */
export interface ResolvedPlanOptions extends ResolvedHistoryOptions, ResolvedDatabase {
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
  readonly trustLedger: ToolLedgerName | null;
  readonly writeLedger: ToolLedgerName | null;
}

/** Reads what plans; what is wrong is left with `check`. */
export function resolvePlan(check: Check<keyof PlanOptions>, env: Env): ResolvedPlanOptions {
  const options = {
    ...resolveHistory(check, env),
    ...resolveDatabase(check, env),
    allowChanged: check.flag('allowChanged'),
    allowOutOfOrder: check.flag('allowOutOfOrder'),
    trustLedger: readToolLedger(check, 'trustLedger'),
    writeLedger: readToolLedger(check, 'writeLedger'),
  };
  ensureToolLedgers(check, options);
  return options;
}
