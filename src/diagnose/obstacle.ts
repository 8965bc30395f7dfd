import { type PlinthError, PostgresNotReadyError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import type { ClusterErrorArgs } from '../report/error-words.js';

/** Something in the way to PostgreSQL: its code and arguments are those of the error that it becomes. */
export type Obstacle = {
  readonly [C in keyof ClusterErrorArgs]: {
    readonly code: C;
    readonly args: ClusterErrorArgs[C];
    /** True where it passes by itself, so that it is worth waiting for. */
    readonly passing: boolean;
    readonly evidence?: readonly string[];
  };
}[keyof ClusterErrorArgs];

/** The obstacle as a finding. */
export function getFinding({ code, args, passing, evidence }: Obstacle): Finding {
  return {
    code,
    severity: passing ? 'warning' : 'error',
    args: args as unknown as Readonly<Record<string, unknown>>,
    ...(evidence === undefined || evidence.length === 0 ? {} : { evidence }),
  };
}

/** The first obstacle as an error, all of them as its findings. */
export function createObstacleError(obstacles: readonly Obstacle[], cause?: unknown): PlinthError {
  const { args, code } = obstacles[0]!;
  const findings = obstacles.map(getFinding);
  return new PostgresNotReadyError(code, args as never, {
    findings,
    ...(cause === undefined ? {} : { cause }),
  });
}
