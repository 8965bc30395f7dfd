import type { LockHolder } from './event.js';
import type { Finding } from './finding.js';

/** What each rung of the ladder to a PostgreSQL tells where it holds; outermost first. */
export interface RungFacts {
  readonly kubeconfig: { readonly source: string; readonly context: string; readonly server: string };
  readonly 'api-server': { readonly version: string | null };
  /** As `get services`. */
  readonly rights: { readonly allowed: readonly string[] };
  readonly namespace: { readonly namespace: string };
  readonly service: {
    readonly service: string;
    readonly port: string;
    /** Null: the service has none, and its EndpointSlices were asked. */
    readonly selector: string | null;
  };
  readonly pods: {
    readonly ready: readonly { readonly pod: string; readonly port: number }[];
    readonly others: number;
  };
  readonly embedded: { readonly dir: string; readonly state: 'absent' | 'stopped' | 'running' };
  readonly credentials: {
    readonly user: { readonly value: string; readonly from: string | null };
    readonly database: { readonly value: string; readonly from: string | null };
    /** Where the password was taken from, which is all that is told of it; null: there is none. */
    readonly password: string | null;
  };
  /** `tls` is null over a Unix socket, which has none. */
  readonly connection: { readonly place: string; readonly tls: boolean | null };
  readonly login: { readonly user: string; readonly database: string };
  readonly server: { readonly version: string; readonly started: string };
  readonly writing: { readonly readOnly: false };
  readonly pooling: { readonly pooled: false };
  readonly ledger: { readonly schema: string; readonly exists: boolean };
  /** What the server could write to its disk, in bytes. */
  readonly disk: { readonly bytes: number };
  readonly lock: { readonly holder: LockHolder | null };
}

/** One step of the way from this machine to a run. */
export type Rung = keyof RungFacts;

/** What was found on one rung. */
export type DiagnosisStep<Problem> = {
  readonly [R in Rung]:
    | {
        readonly rung: R;
        readonly outcome: 'passed';
        readonly facts: RungFacts[R];
        /** What is worth knowing, and stops no run. */
        readonly findings: readonly Finding[];
      }
    | { readonly rung: R; readonly outcome: 'failed'; readonly problem: Problem }
    | {
        readonly rung: R;
        readonly outcome: 'not-asked';
        /** The rung that it stands on; null where it could not be asked for another reason. */
        readonly after: Rung | null;
        /** Why, where it is not the rung below: the words of who refused the answer. */
        readonly reason: string | null;
      };
}[Rung];

/** The ladder to a PostgreSQL, outermost rung first: what holds, what does not, and what could not be asked. */
export interface Diagnosis<Problem> {
  readonly target: string;
  /** True where a run could begin. */
  readonly ok: boolean;
  readonly steps: readonly DiagnosisStep<Problem>[];
}
