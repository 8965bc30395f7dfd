import type { SourcePlace } from './finding.js';

/** What PostgreSQL tells of a failed statement, as far as finding its place goes. */
export interface Failure {
  /** A UTF-16 offset in the statement's SQL as it was sent; null where PostgreSQL named none. */
  readonly offset: number | null;
  /** The context: the calls that the error came through, innermost first. */
  readonly where?: string | undefined;
  /** The SQL that `internalPosition` (1-based, in characters) counts in: what a function was running. */
  readonly internalQuery?: string | undefined;
  readonly internalPosition?: string | undefined;
}

/** The places of a failure in the user's files. */
export interface FailurePlaces {
  /** Innermost first; each of the others called the one before it. */
  readonly places: readonly SourcePlace[];
  /** The SQL that was running where it stands in no file, because a function put it together. */
  readonly built: SourcePlace | null;
}
