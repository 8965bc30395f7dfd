export type Severity = 'error' | 'warning' | 'info';

/** One fact about why something is, or is not, as it should be. Its words are in `report/wording.ts`. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly args: Readonly<Record<string, unknown>>;
  /** What was seen, verbatim, one entry a line. Never holds a secret. */
  readonly evidence?: readonly string[];
}

/** A place in a user's file. `line` and `column` are 1-based, `column` in characters. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself with one before and one after it, as `[number, text]`. */
  readonly excerpt: readonly (readonly [number, string])[];
  /** The body that it stands in, for what was called: `function touch()`, `DO block`. */
  readonly within?: string;
}
