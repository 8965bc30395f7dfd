import type { Difference } from './fact.js';
import type { Finding } from './finding.js';
import type { ProofState } from './proof.js';

/** How a database compares with what is expected of it. */
export interface Comparison {
  /** True where nothing differs; findings are no differences. */
  readonly ok: boolean;
  readonly differences: readonly Difference[];
  /** The tables that were asked for as `schema.name`; of a whole history all of its tables. */
  readonly tables: readonly string[];
  /** How many objects were compared: the tables with their partitions and sequences, and all that they stand on. */
  readonly checked: number;
  /** What was not compared and why, and tables without a partition for now. */
  readonly findings: readonly Finding[];
  readonly elapsedMs: number;
}

/** How a database compares with what the history leaves. */
export interface VerifyResult extends Comparison {
  /** What a proof says of what it was compared with; `stale`: the lock file beside the history is of another one. */
  readonly proof: ProofState;
}
