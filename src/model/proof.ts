import type { Finding } from './finding.js';

/**
 * What is known of a table's slice: `proven`: it makes what the whole history makes; `enlarged`: it does with the
 * statements that were added to it; `not-provable`: no set of statements was seen to do, or not all of it could be run.
 */
export type Standing = 'proven' | 'enlarged' | 'not-provable';

/** What `plinth prove` found out about one table. */
export interface TableProof {
  readonly standing: Standing;
  /** The ordinals of its slice on a database of its own, in order. */
  readonly statements: readonly number[];
  /** Those that come along beside them, so that later requests still fit. */
  readonly order: readonly number[];
  /** Why it was enlarged, or is not provable. */
  readonly why?: Pick<Finding, 'code' | 'args'>;
}

/** Statements that are kept wherever an object is, because without them the object came out otherwise. */
export type Enlargement = readonly [object: number, statements: readonly number[]];

/** SQL that stands for a step in code, as it was recorded. */
export interface RecordedStep {
  /** `CodeStep.name` */
  readonly name: string;
  /** SHA-256 (first 32 hex digits) of the text, line ends aside. */
  readonly digest: string;
  readonly sql: string;
}

/** Whether a plan rests on slices that were proven: `none` where nobody proved the history, `stale` where the proof is of another one. */
export type ProofState = Standing | 'none' | 'stale';
