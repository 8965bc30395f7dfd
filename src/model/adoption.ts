import type { Difference } from './fact.js';
import type { Finding } from './finding.js';
import type { Step } from './plan.js';

/** What a database has of a history although no ledger says so, as far as it is what the history leaves. */
export interface Adoption {
  /** The tables (`schema.name`), with all they stand on. */
  readonly tables: readonly string[];
  /** The statements that count as applied from now on. */
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}

/** How a table that no ledger knows compares with what the history leaves. */
export type AdoptionState =
  /** The ledger has it. */
  | 'recorded'
  /** It is what the history leaves, with all it stands on. */
  | 'equal'
  /** It, or something that it stands on, is not. */
  | 'different'
  /** It is not there. */
  | 'missing';

/** One table of a report on what could be adopted. */
export interface AdoptionTable {
  /** `schema.name` */
  readonly name: string;
  readonly state: AdoptionState;
  readonly differences: readonly Difference[];
  /** The last migration after which the history had it just so, where it is different now; null: none. */
  readonly asOf: string | null;
  /** Why it is not compared, or not adopted though it is equal; null: it is. */
  readonly reason: string | null;
}

/** What of a database that other tools made can be adopted, or was. */
export interface AdoptionReport {
  readonly target: string;
  readonly outcome: 'would-adopt' | 'adopted' | 'nothing-to-adopt';
  readonly tables: readonly AdoptionTable[];
  /** How many statements count as applied by that. */
  readonly statements: number;
  readonly findings: readonly Finding[];
}
