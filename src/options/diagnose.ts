import type { Check } from './check.js';
import { type DatabaseOptions, type ResolvedDatabase, resolveDatabase } from './database.js';
import type { Env } from './environment.js';
import { ensureTarget } from './target.js';

/** The way to which PostgreSQL is to be looked at. */
export type DiagnoseOptions = DatabaseOptions;

/** Reads which database is meant; what is wrong is left with `check`. */
export function resolveDiagnose(check: Check<keyof DiagnoseOptions>, env: Env): ResolvedDatabase {
  const options = resolveDatabase(check, env);
  ensureTarget(check, options);
  return options;
}
