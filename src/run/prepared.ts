import type { OnEvent } from '../model/event.js';
import type { History } from '../model/history.js';
import type { RecordedStep } from '../model/proof.js';
import type { ResolvedHistoryOptions } from '../options.js';

/** How a library call is watched and stopped. */
export interface Context {
  /** Stops the call: what is not committed is rolled back. */
  readonly signal?: AbortSignal;
  readonly onEvent?: OnEvent;
}

/** A history that is read, and where its observation may be. */
export interface Prepared {
  readonly history: History;
  readonly options: ResolvedHistoryOptions;
  readonly context: Context;
  /** The prelude's text. */
  readonly prelude: string | null;
  /** SQL that stands for steps in code. */
  readonly steps: readonly RecordedStep[];
  /** What the observation is kept under. */
  readonly key: string;
  readonly lockFile: string | null;
}
