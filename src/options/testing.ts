import { type ApplyOptions, type ResolvedApplyOptions, resolveApply } from './apply.js';
import type { Check } from './check.js';
import { parseDuration } from './duration.js';
import { type Env, readVariable } from './environment.js';
import { DURATION } from './shapes.js';

export const ISOLATIONS = ['database', 'schema', 'transaction'] as const;
/** What a test has for itself. */
export type Isolation = (typeof ISOLATIONS)[number];

const KEEPS = ['never', 'failed', 'always'] as const;
export type Keep = (typeof KEEPS)[number];

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
  /** When a database is left for a look at it; `db.keep()` does so in any case. Default: `PLINTH_TEST_KEEP`, else `never`. */
  keep?: Keep;
  /** In a cluster: listens on a port of 127.0.0.1, so that drivers without streams reach it by a URL. Default: false. */
  listen?: boolean;
  /** For how long a template is kept that nobody uses, and a database that was kept. Default: `72h`. */
  keepFor?: number | string;
}

/** `TestingOptions` with every default filled in. */
export interface ResolvedTestingOptions extends ResolvedApplyOptions {
  readonly isolation: Isolation;
  readonly pool: number;
  readonly keep: Keep;
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
  if (listen && options.cluster === null)
    check.problems.push('listen is for a cluster: any other PostgreSQL is reached by its URL');
  return {
    ...options,
    isolation,
    pool: isCount ? Number(pool) : 0,
    keep: check.oneOf('keep', KEEPS) ?? getDefaultKeep(check, env),
    listen,
    keepFor: keepFor ?? DEFAULT_KEEP_MS,
  };
}

function getDefaultKeep(check: Check<keyof TestingOptions>, env: Env): Keep {
  const found = readVariable(env, 'PLINTH_TEST_KEEP');
  const known = KEEPS.find((keep) => keep === found);
  if (found !== undefined && known === undefined)
    check.problems.push(`PLINTH_TEST_KEEP must be one of ${KEEPS.join(', ')}`);
  return known ?? 'never';
}
