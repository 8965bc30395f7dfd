import type { Finding, SourcePlace } from './model/finding.js';
import type { RunResult } from './model/result.js';
import { type ClusterErrorArgs, ERROR_WORDS, type ErrorArgs, type ErrorCode } from './report/error-words.js';

export type { ErrorArgs, ErrorCode } from './report/error-words.js';

// A symbol of the global registry, so that errors of two copies of Plinth know each other.
const BRAND = Symbol.for('plinth.error');

export interface ErrorContext {
  readonly cause?: unknown;
  readonly findings?: readonly Finding[];
  /** Where in the user's file. */
  readonly place?: SourcePlace;
  /** What called the place, innermost first. */
  readonly calls?: readonly SourcePlace[];
}

/** The base of every error that Plinth throws on purpose: a code, a sentence, and what to do next. */
export class PlinthError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly args: ErrorArgs[C];
  /** What to do next. */
  readonly hint: string | undefined;
  readonly findings: readonly Finding[];
  readonly place: SourcePlace | undefined;
  /** What called the place, innermost first; empty where it stands in the failed statement itself. */
  readonly calls: readonly SourcePlace[];
  /** What happened to every step, where a run had begun. */
  result: RunResult | undefined;

  constructor(code: C, args: ErrorArgs[C], context: ErrorContext = {}) {
    const words = ERROR_WORDS[code](args);
    super(words.message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.args = args;
    this.hint = words.hint;
    this.findings = context.findings ?? [];
    this.place = context.place;
    this.calls = context.calls ?? [];
    this.result = undefined;
    Object.defineProperty(this, BRAND, { value: true });
  }
}
Object.defineProperty(PlinthError.prototype, 'name', { value: 'PlinthError', configurable: true });

/** PostgreSQL cannot be reached or used; its code and findings say why. */
export class PostgresNotReadyError<
  C extends
    | 'POSTGRES_NOT_READY'
    | 'AUTHENTICATION_FAILED'
    | 'DATABASE_MISSING'
    | 'TLS_FAILED'
    | 'READ_ONLY'
    | 'CONNECTIONS_EXHAUSTED'
    | 'POOLER_DETECTED'
    | keyof ClusterErrorArgs =
    | 'POSTGRES_NOT_READY'
    | 'AUTHENTICATION_FAILED'
    | 'DATABASE_MISSING'
    | 'TLS_FAILED'
    | 'READ_ONLY'
    | 'CONNECTIONS_EXHAUSTED'
    | 'POOLER_DETECTED'
    | keyof ClusterErrorArgs,
> extends PlinthError<C> {}
Object.defineProperty(PostgresNotReadyError.prototype, 'name', { value: 'PostgresNotReadyError' });

/** A statement of a migration failed; `place` points into the user's file, `result` tells what is committed. */
export class MigrationFailedError extends PlinthError<'MIGRATION_FAILED'> {}
Object.defineProperty(MigrationFailedError.prototype, 'name', { value: 'MigrationFailedError' });

/** A table that the run would make is there already, and no ledger knows it. */
export class TableExistsError extends PlinthError<'TABLE_EXISTS'> {}
Object.defineProperty(TableExistsError.prototype, 'name', { value: 'TableExistsError' });

/** True for errors of this and of any other copy of Plinth in the process. */
export function isPlinthError(error: unknown): error is PlinthError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
