import type { Difference } from './fact.js';
import type { Finding } from './finding.js';
import type { TargetResult } from './fleet.js';
import type { ProofState } from './proof.js';
import type { RunResult } from './result.js';

/** Who holds the lock, as far as PostgreSQL tells. */
export interface LockHolder {
  readonly pid: number;
  /** `plinth/<service>/<run>` where the holder is a Plinth. */
  readonly applicationName: string;
  readonly since: string;
  readonly state: string;
  /** What it executes, cut to 200 characters. */
  readonly query: string;
  readonly waitEvent: string | null;
}

/** What happens while a run goes on. One union for the terminal, NDJSON and the library's `onEvent`. */
export type RunEvent =
  | {
      readonly type: 'history';
      readonly format: string;
      readonly location: string;
      readonly migrations: number;
      readonly passedOver: readonly { readonly path: string; readonly reason: string }[];
    }
  | { readonly type: 'observing'; readonly done: number; readonly total: number; readonly elapsedMs: number }
  | {
      /** Slices are tried: statements that were run, of how many as far as is known. */
      readonly type: 'proving';
      readonly done: number;
      readonly total: number;
      readonly elapsedMs: number;
      readonly leftMs: number | null;
    }
  | {
      readonly type: 'observed';
      readonly statements: number;
      readonly elapsedMs: number;
      readonly from: 'scratch' | 'cache' | 'lock-file';
      /** `stale`: the lock file beside the history is of another one, so that nothing of this is proven. */
      readonly proof: 'proven' | 'none' | 'stale';
    }
  | { readonly type: 'connecting'; readonly target: string }
  | {
      /** Who connects, and where each value was taken from; the password's value is never told. */
      readonly type: 'credentials';
      readonly user: { readonly value: string; readonly from: string };
      readonly database: { readonly value: string; readonly from: string };
      /** Null: none was found. */
      readonly password: string | null;
    }
  | {
      readonly type: 'connected';
      readonly target: string;
      readonly serverVersion: string;
      readonly run: string;
    }
  | {
      readonly type: 'waiting';
      readonly forWhat: 'ready' | 'lock' | 'pod' | 'tables';
      readonly holder: LockHolder | null;
      /** What is in the way, where it is to be told. */
      readonly finding?: Finding;
      readonly elapsedMs: number;
    }
  | {
      readonly type: 'planned';
      readonly migrations: number;
      readonly statements: number;
      readonly already: number;
      readonly leftOut: number;
      readonly tables: readonly string[];
      /** As in `Plan.proof`. */
      readonly proof: ProofState;
    }
  | {
      /** Tables that are there as the history leaves them are taken into the ledger, unrun. */
      readonly type: 'adopted';
      readonly tables: readonly string[];
      readonly statements: number;
    }
  | { readonly type: 'migration-started'; readonly name: string; readonly statements: number }
  | {
      readonly type: 'migration-applied';
      readonly name: string;
      readonly statements: number;
      readonly elapsedMs: number;
    }
  | { readonly type: 'reconnecting'; readonly cause: string; readonly attempt: number }
  | {
      readonly type: 'notice';
      readonly severity: string;
      readonly message: string;
      readonly migration: string | null;
    }
  | {
      readonly type: 'compared';
      readonly checked: number;
      readonly differences: readonly Difference[];
      readonly elapsedMs: number;
    }
  | { readonly type: 'finding'; readonly finding: Finding }
  | {
      /** A fleet: how many databases it has, and how many of them earlier runs were not through with. */
      readonly type: 'fleet-planned';
      readonly fleet: string;
      readonly targets: number;
      readonly left: number;
      /** Of those that are left, how many go first. */
      readonly canary: number;
    }
  | {
      /** `taken-up`: it was running already. */
      readonly type: 'fleet-job';
      readonly state: 'created' | 'taken-up' | 'suspended' | 'ended';
      readonly job: string;
      readonly namespace: string;
      readonly targets: number;
      readonly pods: number;
      readonly parallelism: number;
    }
  | {
      readonly type: 'fleet-target';
      readonly result: TargetResult;
      /** Databases that have been asked in this run, of how many that it is to ask. */
      readonly done: number;
      readonly total: number;
      readonly failed: number;
    }
  | { readonly type: 'finished'; readonly result: RunResult };

export type OnEvent = (event: RunEvent) => void;
