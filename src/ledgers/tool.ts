import type { History, Migration } from '../model/history.js';
import type { LedgerTool, ToolRecord, ToolTable } from '../model/tool-ledger.js';

/** One row of a tool's table, as the driver gives it. */
export type ToolRow = Readonly<Record<string, unknown>>;

/** What Plinth knows of a tool's own record of applied migrations. */
export interface ToolLedger {
  readonly tool: LedgerTool;
  /** Where it is, unless the tool's own settings say otherwise. */
  readonly table: ToolTable;
  /** Reads all of its rows; `table` is quoted and qualified. */
  getReadSql(table: string): string;
  /** What the rows say about the history, and how far the two fit. */
  getRecord(history: History, rows: readonly ToolRow[]): ToolRecord;
  /** The version of a step in code, by its file's name: the tool writes it down as any other. Default: it has no such steps. */
  getCodeId?(name: string): string | null;
  /** Makes the table as the tool makes it; the schema is there, but for a tool that makes one of its own. */
  getCreateSql(table: QualifiedTable): readonly string[];
  /** Writes down that a migration was applied, as the tool does in the migration's own transaction. */
  getInsertSql(table: QualifiedTable, migration: Migration): readonly string[];
  /** Why this history's migrations cannot be written down; null where they can. Default: null. */
  getRefusal?(history: History): string | null;
  /** What its user does about a migration that failed. */
  readonly mend: string;
}

/** A table with its schema. */
export interface QualifiedTable {
  readonly schema: string;
  readonly table: string;
}
