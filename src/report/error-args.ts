import type { Difference } from '../model/fact.js';
import type { SourcePlace } from '../model/finding.js';
import type { ClusterErrorArgs } from './cluster-args.js';

/** What the words of each error are made of. The keys are the error codes: stable, and anchors in docs/errors.md. */
export interface ErrorArgs extends ClusterErrorArgs {
  OPTIONS_INVALID: { readonly problems: readonly string[] };
  SETTINGS_INVALID: {
    readonly file: string;
    readonly problems: readonly { readonly path: string; readonly line: number; readonly message: string }[];
  };
  SETTINGS_EXIST: { readonly path: string };
  HISTORY_NOT_FOUND: { readonly folder: string };
  HISTORY_AMBIGUOUS: {
    readonly folder: string;
    /** `format` is null where several fit. */
    readonly found: readonly {
      readonly folder: string;
      readonly format: string | null;
      readonly migrations: number;
    }[];
  };
  FILE_UNWRITABLE: { readonly path: string; readonly reason: string };
  FLEET_INVALID: {
    /** The file, or what else the databases were looked for by. */
    readonly list: string;
    readonly problems: readonly { readonly line: number | null; readonly message: string }[];
  };
  MANIFEST_TOO_LARGE: { readonly folder: string; readonly bytes: number };
  FOLDER_NOT_FOUND: { readonly path: string };
  FOLDER_EMPTY: { readonly path: string; readonly format: string | null; readonly passedOver: number };
  FILE_UNREADABLE: { readonly path: string; readonly reason: string };
  FILE_NOT_UTF8: { readonly path: string; readonly offset: number };
  FORMAT_UNKNOWN: {
    readonly path: string;
    readonly seen: readonly string[];
    /** Folders below it that look like a tool's. */
    readonly below: readonly { readonly path: string; readonly format: string }[];
  };
  FORMAT_AMBIGUOUS: {
    readonly path: string;
    readonly candidates: readonly {
      readonly format: string;
      /** Where a folder below it fits, and not the whole. */
      readonly folder?: string;
      readonly evidence: readonly string[];
    }[];
  };
  VERSION_DUPLICATE: { readonly version: string; readonly files: readonly string[] };
  PLACEHOLDER_MISSING: {
    readonly missing: readonly { readonly name: string; readonly places: readonly string[] }[];
  };
  HISTORY_MALFORMED: { readonly file: string; readonly problem: string; readonly advice: string };
  CHECKSUM_MISMATCH: { readonly file: string; readonly problem: string; readonly advice: string };
  INPUT_INVALID: { readonly problems: readonly string[] };
  SQL_INVALID: { readonly problems: readonly { readonly place: SourcePlace; readonly message: string }[] };
  TABLE_UNKNOWN: {
    readonly unknown: readonly { readonly name: string; readonly nearest: readonly string[] }[];
    /** The steps in code of the history. Default: none. */
    readonly codeSteps?: readonly string[];
  };
  TABLE_NOT_OBSERVED: {
    readonly table: string;
    readonly file: string;
    readonly line: number;
    readonly reason: string;
    /** The steps in code before it. Default: none. */
    readonly codeSteps?: readonly string[];
  };
  OBSERVATION_FAILED: { readonly statement: string; readonly reason: string; readonly advice: string };
  SCRATCH_UNAVAILABLE: { readonly reason: string };
  SERVER_FILE_REFUSED: { readonly places: readonly string[] };
  LOCK_FILE_INVALID: { readonly path: string; readonly reason: string };
  STEP_UNKNOWN: { readonly unknown: readonly string[]; readonly steps: readonly string[] };
  LOCK_FILE_MISSING: { readonly path: string };
  PROOF_STALE: {
    readonly path: string;
    readonly reason: string;
    /** The statements that are not as they were. */
    readonly changes: readonly { readonly is: string; readonly place: string }[];
  };
  LOCK_FILE_NEWER: { readonly path: string; readonly format: string; readonly reads: string };
  LOCK_FILE_EDITED: { readonly path: string };
  POSTGRES_NOT_READY: { readonly target: string; readonly reason: string; readonly waitedMs: number };
  AUTHENTICATION_FAILED: {
    readonly target: string;
    readonly user: string;
    readonly database: string;
    readonly reason: string;
    /** What is not right: the password (or, unsaid, the role), the role, a line of pg_hba.conf; null: something else. */
    readonly because: 'password' | 'role' | 'pg_hba' | null;
  };
  DATABASE_MISSING: { readonly target: string; readonly database: string };
  TLS_FAILED: { readonly target: string; readonly reason: string };
  CONNECTIONS_EXHAUSTED: { readonly target: string; readonly reason: string; readonly waitedMs: number };
  POOLER_DETECTED: { readonly target: string; readonly mode: 'transaction' | 'statement' };
  READ_ONLY: {
    readonly target: string;
    readonly standby: boolean;
    /** What turns default_transaction_read_only off where it is on; null where it is not what does it. */
    readonly remedy: string | null;
  };
  DISK_FULL: { readonly target: string; readonly what: string; readonly reason: string };
  SCHEMA_ISOLATION_IMPOSSIBLE: { readonly problems: readonly string[] };
  TEST_TRANSACTION_ENDED: { readonly target: string };
  CREATE_DATABASE_DENIED: { readonly target: string; readonly user: string; readonly reason: string };
  PERMISSION_DENIED: { readonly what: string; readonly user: string; readonly reason: string };
  MIGRATION_FAILED: {
    readonly migration: string;
    readonly reason: string;
    readonly sqlstate: string;
    readonly detail: string | null;
    readonly serverHint: string | null;
    readonly where: string | null;
    /** The SQL that was running, where a function put it together. */
    readonly built: SourcePlace | null;
    readonly advice: string | null;
    /** The steps in code before it. Default: none. */
    readonly codeSteps?: readonly string[];
  };
  TABLE_EXISTS: {
    readonly tables: readonly string[];
    /** How they, and what they stand on, differ from what the history leaves. Default: not compared. */
    readonly differences?: readonly Difference[];
    /** Those that cannot be compared, and why. */
    readonly unclear?: readonly { readonly name: string; readonly reason: string }[];
    /** Statements that make both what is there and what is not. */
    readonly mixed?: readonly string[];
    /** Those that another history of the same ledger made. */
    readonly makers?: readonly { readonly table: string; readonly history: string }[];
    /** The last migration after which the history had a table just so. */
    readonly asOf?: readonly { readonly table: string; readonly migration: string }[];
  };
  ADOPTED_AHEAD: {
    /** The statement that is to run, and the one that it should have run before. */
    readonly place: string;
    readonly later: string;
    readonly table: string;
  };
  HISTORY_CHANGED: { readonly changes: readonly { readonly place: string; readonly diff: string }[] };
  MIGRATION_DELETED: { readonly migrations: readonly string[] };
  MIGRATION_OUT_OF_ORDER: { readonly migrations: readonly string[]; readonly newest: string };
  LEDGER_UNTRUE: { readonly missing: readonly string[] };
  TOOL_LEDGER_MISSING: {
    readonly tool: string;
    /** What was looked for: `public.goose_db_version`. */
    readonly table: string;
    /** Tables of that name in other schemas. */
    readonly elsewhere: readonly string[];
  };
  TOOL_LEDGER_UNREADABLE: { readonly tool: string; readonly table: string; readonly reason: string };
  TOOL_LEDGER_UNFIT: {
    readonly tool: string;
    readonly table: string;
    readonly unfinished: readonly string[];
    readonly unknown: readonly string[];
    /** Files that changed. */
    readonly changed: readonly string[];
    /** What its user does about what is unfinished. */
    readonly mend: string;
  };
  TOOL_LEDGER_DIFFERS: {
    readonly tool: string;
    readonly table: string;
    readonly target: string;
    readonly differences: readonly Difference[];
    /** Why it was compared: to trust the table, or to write into it. */
    readonly why: 'trust' | 'write';
  };
  TOOL_LEDGER_AHEAD: {
    readonly tool: string;
    readonly table: string;
    readonly migrations: readonly string[];
  };
  LEDGER_NEWER: { readonly schema: string; readonly version: number };
  TABLES_NOT_READY: {
    readonly target: string;
    readonly differences: readonly Difference[];
    readonly waitedMs: number;
  };
  VERIFICATION_FAILED: { readonly target: string; readonly differences: readonly Difference[] };
  ROLE_MISSING: { readonly roles: readonly { readonly name: string; readonly places: readonly string[] }[] };
  EXTENSION_MISSING: { readonly extension: string; readonly place: string };
  LOCK_TIMEOUT: { readonly waitedMs: number; readonly holder: string | null; readonly end: string | null };
  HOLDER_CHANGED: { readonly pid: number; readonly now: string | null };
  HOLDER_STAYS: { readonly holder: string };
  UNLOCK_REFUSED: {
    readonly pid: number;
    readonly user: string | null;
    readonly client: string | null;
    readonly reason: string;
  };
  ENDED_BY_ADMINISTRATOR: { readonly target: string; readonly reason: string };
  TIMEOUT: { readonly phase: string; readonly budgetMs: number };
  CONNECTION_LOST: { readonly target: string; readonly reason: string };
  CLUSTER_STEP_FAILED: { readonly step: string; readonly reason: string; readonly advice: string | null };
  ABORTED: { readonly phase: string };
}
export type ErrorCode = keyof ErrorArgs;
