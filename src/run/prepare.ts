import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlinthError } from '../errors.js';
import type { Observation } from '../model/observation.js';
import {
  getObservationKey,
  getPreludeDigest,
  readCached,
  readCachedByMeaning,
  writeCached,
} from '../observe/cache.js';
import { LOCK_FILE, readLockFile } from '../observe/lock-file.js';
import type { ResolvedHistoryOptions } from '../options.js';
import type { PlannableStatement } from '../plan/plannable.js';
import { createDirectoryFolder } from '../sources/folder.js';
import { readHistory } from '../sources/read-history.js';
import type { Context, Prepared } from './prepared.js';
import { tellFailed } from './unobserved.js';

/** Reads the folder and the prelude; nothing is parsed yet. */
export async function prepare(options: ResolvedHistoryOptions, context: Context): Promise<Prepared> {
  const folder = createDirectoryFolder(options.migrations);
  const history = await readHistory(folder, {
    ...(options.format === null ? {} : { format: options.format }),
    placeholders: options.set,
  });
  const { format, location, migrations, passedOver } = history;
  context.onEvent?.({ type: 'history', format, location, migrations: migrations.length, passedOver });
  const prelude = options.prelude === null ? null : await readPrelude(options.prelude);
  return {
    history,
    options,
    context,
    prelude,
    key: getObservationKey(history.digest, prelude, options.searchPath),
    lockFile:
      options.lockFile === false ? null : (options.lockFile ?? (await getLockFile(options.migrations))),
  };
}

/** `plinth.lock.json` in the folder, or beside a single file. */
export async function getLockFile(migrations: string): Promise<string> {
  const found = await stat(migrations).catch(() => null);
  return join(found?.isDirectory() === false ? dirname(migrations) : migrations, LOCK_FILE);
}

async function readPrelude(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new PlinthError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}

/**
 * The history's observation: from the lock file where it fits, else from the cache, else by watching the
 * history run. Parser and scratch server are loaded only for the last.
 */
export async function getObservation(prepared: Prepared): Promise<Observation> {
  const { options, key, lockFile, context } = prepared;
  const start = performance.now();
  const tell = (observation: Observation, from: 'lock-file' | 'cache' | 'scratch'): Observation => {
    const elapsedMs = Math.round(performance.now() - start);
    context.onEvent?.({ type: 'observed', statements: observation.statements.length, elapsedMs, from });
    tellFailed(prepared, observation);
    return observation;
  };
  const locked = lockFile === null ? null : await readLockFile(lockFile);
  if (locked?.digest === key) return tell(locked, 'lock-file');
  const cached = options.cacheDir === false ? null : await readCached(options.cacheDir, key);
  if (cached !== null) return tell(cached, 'cache');

  const { getRespanned, getStatementsDigest, parseHistory } = await import('./watching.js');
  const statements = await parseHistory(prepared.history);
  const isFit = locked !== null && isFitting(locked, prepared);
  const fromLock = isFit ? getRespanned(locked, key, statements) : null;
  if (fromLock !== null) return tell(fromLock, 'lock-file');
  if (locked !== null) {
    const args = { path: lockFile };
    context.onEvent?.({ type: 'finding', finding: { code: 'LOCK_FILE_STALE', severity: 'warning', args } });
  }
  const meaning = getObservationKey(
    `${getStatementsDigest(statements)}-meaning`,
    prepared.prelude,
    options.searchPath,
  );
  const same = options.cacheDir === false ? null : await readCachedByMeaning(options.cacheDir, meaning);
  const fromCache = same === null ? null : getRespanned(same, key, statements);
  const { observeHistory } = await import('./watching.js');
  const observation = fromCache ?? (await observeHistory(prepared, statements));
  if (options.cacheDir !== false) {
    await writeCached(options.cacheDir, observation, meaning, prepared.history.location);
  }
  return tell(observation, fromCache === null ? 'scratch' : 'cache');
}

// The prelude may be left to the target, but the search path says in which schemas the tables are.
function isFitting(locked: Observation, { prelude, options }: Prepared): boolean {
  const isSamePrelude = prelude === null || locked.prelude === getPreludeDigest(prelude);
  return isSamePrelude && (locked.searchPath ?? null) === options.searchPath;
}

/** The statements of a whole history without an observation, straight from the parser. */
export async function getParsedStatements(prepared: Prepared): Promise<readonly PlannableStatement[]> {
  const { parsePlannable } = await import('./watching.js');
  return parsePlannable(prepared.history);
}
