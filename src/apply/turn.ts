import type { PlannedMigration } from '../model/plan.js';
import type { RecordScope } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import type { ApplyContext } from './context.js';
import type { Message } from './message.js';
import type { Progress } from './progress.js';
import type { SessionSettings } from './settings.js';
import type { Stop } from './stop.js';
import type { ToolSql } from './tool-ledger.js';

/** A transaction whose message the server has, or will have next. */
export interface Sent {
  readonly message: Message;
  /** Tells the notices, as they come, until the server has ended it; throws its error. */
  follow(): Promise<void>;
  /** Settles when the server has ended it, whatever came of it. */
  readonly ended: Promise<void>;
}

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
  /** Those of the plan, in their order. */
  readonly migrations: readonly PlannedMigration[];
  /** The transaction that the server has in hand behind the one that runs. */
  ahead: Sent | null;
  /** Keys of the steps that an earlier run began outside of a transaction and was not seen to end. */
  readonly started: ReadonlySet<string>;
}
