/** One SQL statement of a migration. */
export interface Statement {
  /** The 0-based place in the whole history. */
  readonly ordinal: number;
  /** The ordinal of its migration. */
  readonly migration: number;
  /** The 0-based place in its migration. */
  readonly index: number;
  /** libpg-query's node name, e.g. `CreateStmt`, `IndexStmt`. */
  readonly kind: string;
  /** UTF-16 offsets `[start, end)` in the migration's text, without surrounding blanks and leading comments. */
  readonly start: number;
  readonly end: number;
  /** The file that it stands in, where that is not the migration's own but one that it includes. */
  readonly file?: string | undefined;
  /** 1-based line and column (in characters) of `start` in the user's file. */
  readonly line: number;
  readonly column: number;
  /** The transaction block of its file (BEGIN … COMMIT) that it stands in, from 1; only where the migration's rule is `none`. */
  readonly block?: number | undefined;
  /** SHA-256 (first 16 hex digits) over its scan tokens: comments, white space and CRLF do not count. */
  readonly digest: string;
  /** The text that PostgreSQL gets: the span with substitutions done. */
  readonly sql: string;
  /** The rows that are sent after a `COPY … FROM STDIN`. */
  readonly rows?: StatementRows | undefined;
}

/** Rows that stand in a file behind their COPY, as they are sent. */
export interface StatementRows {
  /** UTF-16 offsets `[start, end)` in the migration's text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
