import { isPlinthError } from '../errors.js';
import type { ErrorCode } from '../report/error-words.js';

/** What each exit code means; stable, printed by `--help`. */
export const EXIT_CODES = {
  0: 'all is well',
  1: 'unexpected error',
  2: 'bad input or options',
  3: 'the history could not be watched on the scratch server',
  4: 'PostgreSQL cannot be reached or used',
  5: 'a migration failed',
  6: 'a table is there already, and in no ledger',
  7: 'history and ledger do not fit together',
  8: 'the target lacks a role or an extension',
  9: 'lock, time or connection ran out; a rerun goes on from there',
  130: 'stopped by Ctrl-C or SIGTERM',
} as const;

/** One of the exit codes. */
export type ExitCode = keyof typeof EXIT_CODES;

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  OPTIONS_INVALID: 2,
  SETTINGS_INVALID: 2,
  SETTINGS_EXIST: 2,
  HISTORY_NOT_FOUND: 2,
  HISTORY_AMBIGUOUS: 2,
  FILE_UNWRITABLE: 2,
  FOLDER_NOT_FOUND: 2,
  FOLDER_EMPTY: 2,
  FILE_UNREADABLE: 2,
  FILE_NOT_UTF8: 2,
  FORMAT_UNKNOWN: 2,
  FORMAT_AMBIGUOUS: 2,
  VERSION_DUPLICATE: 2,
  PLACEHOLDER_MISSING: 2,
  HISTORY_MALFORMED: 2,
  CHECKSUM_MISMATCH: 2,
  INPUT_INVALID: 2,
  SQL_INVALID: 2,
  TABLE_UNKNOWN: 2,
  LOCK_FILE_INVALID: 2,
  TABLE_NOT_OBSERVED: 3,
  OBSERVATION_FAILED: 3,
  SCRATCH_UNAVAILABLE: 3,
  SERVER_FILE_REFUSED: 3,
  POSTGRES_NOT_READY: 4,
  AUTHENTICATION_FAILED: 4,
  DATABASE_MISSING: 4,
  TLS_FAILED: 4,
  POOLER_DETECTED: 4,
  READ_ONLY: 4,
  PERMISSION_DENIED: 4,
  MIGRATION_FAILED: 5,
  TABLE_EXISTS: 6,
  HISTORY_CHANGED: 7,
  MIGRATION_DELETED: 7,
  MIGRATION_OUT_OF_ORDER: 7,
  LEDGER_UNTRUE: 7,
  LEDGER_NEWER: 7,
  ROLE_MISSING: 8,
  EXTENSION_MISSING: 8,
  LOCK_TIMEOUT: 9,
  TIMEOUT: 9,
  CONNECTION_LOST: 9,
  ABORTED: 130,
};

/** The exit code of an error; 1 for what Plinth did not throw on purpose. */
export function getExitCode(error: unknown): ExitCode {
  return isPlinthError(error) ? (BY_ERROR[error.code] ?? 1) : 1;
}
