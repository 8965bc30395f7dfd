import type { RecordScope } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import type { ApplyContext } from './context.js';
import type { Progress } from './progress.js';
import type { SessionSettings } from './settings.js';
import type { Stop } from './stop.js';
import type { ToolSql } from './tool-ledger.js';

/** One session's turn at a run, under the lock. */
export interface Turn {
  readonly context: ApplyContext;
  readonly session: Session;
  readonly stop: Stop;
  readonly progress: Progress;
  readonly settings: SessionSettings;
  readonly scope: RecordScope;
  /** What is written into another tool's table. */
  readonly tool: ToolSql;
  /** Keys of the steps that are left out. */
  readonly skipped: Set<string>;
  /** Keys of the steps that an earlier run began outside of a transaction and was not seen to end. */
  readonly started: ReadonlySet<string>;
}
