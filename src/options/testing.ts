import { type ApplyOptions, type ResolvedApplyOptions, resolveApply } from './apply.js';
import type { Check } from './check.js';
import { parseDuration } from './duration.js';
import type { Env } from './environment.js';
import { DURATION } from './shapes.js';

export const ISOLATIONS = ['database', 'schema', 'transaction'] as const;
/** What a test has for itself. */
export type Isolation = (typeof ISOLATIONS)[number];

/** What the databases of tests hold, and where they are made. */
export interface TestingOptions extends ApplyOptions {
  /** Default: `PLINTH_TEST_URL`, else an embedded PostgreSQL of the project's own; never `DATABASE_URL` or the PG* variables. */
  url?: string;
  /** For a template and everything before it, in milliseconds or as `30s`. Default: `2m`. */
  timeout?: number | string;
  /** What a test has for itself; without the right to create databases: `schema` or `transaction`. Default: `database`. */
  isolation?: Isolation;
  /** How many databases are kept ready, made behind the tests' backs. Default: 0; for `startTesting` 4. */
  pool?: number;
  /** When a database is left for a look at it; `db.keep()` does so in any case. Default: `never`. */
  keep?: 'never' | 'failed' | 'always';
  /** In a cluster: listens on a port of 127.0.0.1, so that drivers without streams reach it by a URL. Default: false. */
  listen?: boolean;
  /** For how long a template is kept that nobody uses, and a database that was kept. Default: `72h`. */
  keepFor?: number | string;
}

/** `TestingOptions` with every default filled in. */
export interface ResolvedTestingOptions extends ResolvedApplyOptions {
  readonly isolation: Isolation;
  readonly pool: number;
  readonly keep: 'never' | 'failed' | 'always';
  readonly listen: boolean;
  /** Milliseconds. */
  readonly keepFor: number;
}

const DEFAULT_KEEP_MS = 72 * 3_600_000;
const MOST_READY = 200;

/** Reads what tests want; what is wrong is left with `check`. */
export function resolveTesting(check: Check<keyof TestingOptions>, env: Env): ResolvedTestingOptions {
  const given = check.value('keepFor');
  const keepFor = given === undefined ? DEFAULT_KEEP_MS : parseDuration(given);
  if (keepFor === null) check.wrong('keepFor', DURATION[1]);
  const pool = check.value('pool') ?? 0;
  const isCount = Number.isInteger(pool) && Number(pool) >= 0 && Number(pool) <= MOST_READY;
  if (!isCount) check.wrong('pool', `a number from 0 to ${MOST_READY}`);
  const options = resolveApply(check, env);
  const isolation = check.oneOf('isolation', ISOLATIONS) ?? 'database';
  if (isolation !== 'database' && Number(pool) > 0)
    check.problems.push(`a pool is for databases: with isolation ${isolation} there is none`);
  const listen = check.flag('listen');
  if (options.cluster !== null)
    check.problems.push('databases for tests are not made in a cluster yet: give a URL or an embedded one');
  if (isolation !== 'database')
    check.problems.push('a test has a database for itself: there is no other isolation yet');
  if (listen && options.cluster === null)
    check.problems.push('listen is for a cluster: any other PostgreSQL is reached by its URL');
  return {
    ...options,
    isolation,
    pool: isCount ? Number(pool) : 0,
    keep: check.oneOf('keep', ['never', 'failed', 'always'] as const) ?? 'never',
    listen,
    keepFor: keepFor ?? DEFAULT_KEEP_MS,
  };
}
