import type { PsqlConditions } from './conditions.js';
import type { PsqlDraft } from './script.js';
import type { PsqlStretches } from './stretches.js';

/** A file of a script. */
export interface PsqlScriptFile {
  readonly draft: PsqlDraft;
  readonly path: string;
  readonly text: string;
  readonly base: number;
  /** The files that include each other up to this one. */
  readonly chain: readonly string[];
}

/** One file while it is read. */
export interface PsqlReading extends PsqlScriptFile {
  readonly stretches: PsqlStretches;
  readonly conditions: PsqlConditions;
  /** Where the commands began behind which nothing runs. */
  idleFrom: number;
}
