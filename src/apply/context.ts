import type { Adoption } from '../model/adoption.js';
import type { OnEvent } from '../model/event.js';
import type { Failure, FailurePlaces } from '../model/failure.js';
import type { Finding } from '../model/finding.js';
import type { Ledger } from '../model/ledger.js';
import type { Plan, Step } from '../model/plan.js';
import type { VerifyResult } from '../model/verification.js';
import type { HistoryRecord, SelectionRecord } from '../postgres/record-queries.js';
import type { Session } from '../postgres/session.js';
import type { ToolReconciled } from './tool-ledger.js';

/** All that applying needs; every option is resolved. */
export interface ApplyContext {
  /** Called for the first session and again after a loss, with what is left of the budget. The sessions are closed at the end. */
  readonly connect: (within: { timeoutMs: number; signal: AbortSignal | undefined }) => Promise<Session>;
  /** What messages call the server: `ConnectionConfig.label`. */
  readonly target: string;
  readonly ledgerSchema: string;
  readonly historyName: string;
  readonly service: string;
  readonly runId: string;
  readonly applicationName: string;
  readonly plinthVersion: string;
  /** As in SET search_path: `app, public`. Default: the server's. */
  readonly searchPath?: string | undefined;
  /** Plans against the ledger as it is under the lock; called again after a lost session. */
  readonly getPlan: (ledger: Ledger) => Promise<Plan> | Plan;
  /** Compares tables that are there and in no ledger; throws TableExistsError where they are other ones. Default: they always are. */
  readonly adopt?: ((session: Session, request: AdoptRequest) => Promise<Adoption>) | undefined;
  readonly record: {
    readonly history: HistoryRecord;
    readonly selection: Omit<SelectionRecord, 'service'>;
  };
  /** What to do about roles that statements name and the server lacks. */
  readonly missingRoles: 'fail' | 'create' | 'skip';
  /** Budget in milliseconds for everything, the lock's wait included. */
  readonly timeoutMs: number;
  /** Budget in milliseconds for a statement's wait for a table lock. Default: nine tenths of what is left. */
  readonly lockTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Where in the user's files a step failed. */
  readonly findPlaces: (step: Step, failure: Failure) => Promise<FailurePlaces>;
  /** The names of the steps in code before a migration, for an error to name. Default: none. */
  readonly getCodeSteps?: ((migration: number) => readonly string[]) | undefined;
  /** Compares the outcome with what the history leaves, where something ran. Default: it is not compared. */
  readonly verify?: ((session: Session) => Promise<VerifyOutcome>) | undefined;
  /** Reads what another tool applied, and what of its table is to be written; called again after a lost session. Default: none. */
  readonly reconcile?: ((session: Session, own: Ledger) => Promise<ToolReconciled>) | undefined;
  /** What is run before the first migration of the run, in one transaction, where there is something to do. */
  readonly prelude?: Prelude | undefined;
  /** What is run at the end, under the lock, in one transaction. */
  readonly afterwards?: string | undefined;
}

/** Tables (`schema.name`) that a run would make and that are there. */
export interface AdoptRequest {
  readonly ledger: Ledger;
  readonly tables: readonly string[];
}

/** What came of verifying; where there was nothing to compare with, only a finding that says so. */
export interface VerifyOutcome {
  readonly verified: VerifyResult | null;
  readonly findings: readonly Finding[];
}

/** The statements of the prelude, and where in its file one of them failed. */
export interface Prelude {
  readonly statements: readonly string[];
  readonly findPlaces: (statement: number, failure: Failure) => Promise<FailurePlaces>;
}
