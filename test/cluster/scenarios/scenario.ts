import type { ErrorArgs, ErrorCode, Rung } from '../../../src/index.js';
import type { ClusterOptions } from '../../../src/options.js';
import type { World } from './world.js';

/** Who scenarios connect to a server as: no superuser. */
export const APP = { user: 'app', password: 'of-the-app' };

/** What keeps a run from a PostgreSQL in a cluster, how the tests bring it about, and what the user is told. */
export interface Scenario<C extends ErrorCode = ErrorCode> {
  /** A sentence on what is the matter. */
  readonly name: string;
  readonly code: C;
  /** On which rung of `plinth doctor` it is told. */
  readonly rung: Rung;
  /** True where a run waits for it within its budget: it may pass by itself. */
  readonly waited: boolean;
  /** What is told of it, with the namespace called `shop`: the tests see the same, but for what `loose` has. */
  readonly args: ErrorArgs[C];
  /** What another cluster, or another server, has other words for: what is seen matches, as JSON where it is no text. */
  readonly loose?: Partial<Record<keyof ErrorArgs[C], RegExp>>;
  /** What is shown below it; lines that are seen need only match `evidenceLike`. */
  readonly evidence?: readonly string[];
  readonly evidenceLike?: RegExp;
  /** What is in the way behind it, as `plinth doctor` goes on: `connection PORT_CLOSED`. Default: nothing that is asked. */
  readonly also?: readonly string[];
  /** Only where the cluster has an image of it. */
  readonly needs?: 'pgbouncer';
  readonly produce: (world: World) => Promise<Produced>;
}

/** The situation, brought about. */
export interface Produced {
  /** Which target is given; the namespace and the kubeconfig have the world's as defaults. */
  readonly options?: ClusterOptions;
  /** Variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves the world as it was. */
  readonly undo?: () => Promise<unknown>;
}

/** Scenarios that share a world. */
export interface ScenarioGroup {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/** One scenario, its arguments checked against its code. */
export const scenario = <C extends ErrorCode>(one: Scenario<C>): Scenario => one as unknown as Scenario;
