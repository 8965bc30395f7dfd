import type { History } from '../model/history.js';
import type { Observation } from '../model/observation.js';
import type { PlannableStatement } from '../plan/plannable.js';
import type { Session } from '../postgres/session.js';
import type { RowPicture } from './rows.js';

/** A database for one trial. */
export interface LabDatabase {
  open(): Promise<Session>;
  drop(): Promise<void>;
}

/** What trials are made with. */
export interface Lab {
  readonly history: History;
  readonly statements: readonly PlannableStatement[];
  readonly observation: Observation;
  readonly searchPath: string | null;
  /** A database with what the history expects around it, and with an empty ledger. */
  readonly createDatabase: () => Promise<LabDatabase>;
  readonly signal: AbortSignal | undefined;
}

/** What rows the whole history leaves; null where it could not be run as a whole. */
export type ReferenceRows = ReadonlyMap<string, RowPicture> | null;
