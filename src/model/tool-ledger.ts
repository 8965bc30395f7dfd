/** The tools whose own record of what is applied Plinth reads and writes. */
export const LEDGER_TOOLS = [
  'goose',
  'golang-migrate',
  'flyway',
  'prisma',
  'dbmate',
  'sqlx',
  'drizzle',
  'diesel',
  'node-pg-migrate',
] as const;
export type LedgerTool = (typeof LEDGER_TOOLS)[number];

/** Which tool's table, as a user names it: `goose`, `goose=versions`, `goose=app.versions`. */
export interface ToolLedgerName {
  readonly tool: LedgerTool;
  /** Null: where that tool has it. */
  readonly schema: string | null;
  readonly table: string | null;
}

/** A tool's table by its name; the schema is null where the search path decides. */
export interface ToolTable {
  readonly schema: string | null;
  readonly table: string;
}

/** What a tool writes into its table about a migration, where neither its id nor its text says it. */
export interface ToolEntry {
  /** Flyway: the version as it stands in the file's name. */
  readonly version?: string;
  readonly description?: string;
  /** Flyway: the file's path in its location. */
  readonly script?: string;
  /** Drizzle: `when` in the journal, in milliseconds. */
  readonly when?: number;
}

/** What a tool's table says about a history's migrations. */
export interface ToolRecord {
  /** Ordinals of the migrations that it has as applied. */
  readonly applied: ReadonlySet<number>;
  /** Ordinals of repeatable migrations that were applied when they read otherwise. */
  readonly outdated: ReadonlySet<number>;
  /** Names of migrations whose file reads otherwise than when it was applied. */
  readonly changed: readonly string[];
  /** Versions that the folder lacks. */
  readonly unknown: readonly string[];
  /** Versions that failed, or were cut off. */
  readonly unfinished: readonly string[];
}
