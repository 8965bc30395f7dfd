import type { Observation } from '../model/observation.js';
import {
  getObservationKey,
  getPreludeDigest,
  readCached,
  readCachedByMeaning,
  writeCached,
} from '../observe/cache.js';
import { getStatementChanges } from '../observe/changes.js';
import { readLockFile } from '../observe/lock-file.js';
import type { ResolvedHistoryOptions } from '../options.js';
import { getObservedStatements, type PlannableStatement } from '../plan/plannable.js';
import { createFolder } from '../sources/locations.js';
import { readHistory } from '../sources/read-history.js';
import { withRecordedSteps } from '../sources/recorded-steps.js';
import { getExpandedText } from '../sql/expand.js';
import type { ParsedStatement } from '../sql/statements.js';
import { getLockFile, readText } from './files.js';
import { keepStatements, readKeptStatements } from './kept-statements.js';
import type { Context, Prepared } from './prepared.js';
import { readRecordedSteps } from './recorded-steps.js';

import { tellFailed } from './unobserved.js';

/** Reads the folder and the prelude; nothing is parsed yet. */
export async function prepare(options: ResolvedHistoryOptions, context: Context): Promise<Prepared> {
  const folder = createFolder(options.migrations);
  const read = await readHistory(folder, {
    ...(options.format === null ? {} : { format: options.format }),
    placeholders: options.set,
    ...(options.searchPath === null ? {} : { searchPath: options.searchPath }),
  });
  const lockFile = options.lockFile === false ? null : (options.lockFile ?? getLockFile(options.migrations));
  const steps = await readRecordedSteps(read, options.steps, lockFile);
  const history = withRecordedSteps(read, steps);
  const { format, location, migrations, passedOver } = history;
  context.onEvent?.({ type: 'history', format, location, migrations: migrations.length, passedOver });
  for (const finding of history.findings ?? []) context.onEvent?.({ type: 'finding', finding });
  const prelude = options.prelude === null ? null : await readText(options.prelude);
  return {
    history,
    options,
    context,
    prelude,
    key: getObservationKey(history.digest, prelude, options.searchPath),
    steps,
    lockFile,
  };
}

/**
 * The history's observation: from the lock file where it fits, else from the cache, else by watching the
 * history run. Parser and scratch server are loaded only for the last.
 */
export async function getObservation(prepared: Prepared): Promise<Observation> {
  const { observation, watch } = await findObservation(prepared);
  return observation ?? (await watch(observeHistory));
}

const observeHistory: Observe = async (prepared, statements) =>
  (await import('./watching.js')).observeHistory(prepared, statements);

/** As getObservation, but one that another version of PostgreSQL made does not count. */
export async function getObservationOf(
  prepared: Prepared,
  server: number,
  observe: Observe,
): Promise<Observation> {
  const { observation, watch } = await findObservation(prepared, server);
  return observation ?? (await watch(observe));
}

/** The observation that is at hand, in the lock file or the cache; null where the history would have to be watched. */
export async function getObservationAtHand(prepared: Prepared): Promise<Observation | null> {
  const digest = digestOf.get(prepared);
  // Parsing it again would find no more.
  if (digest !== undefined && !(await isAnythingKept(prepared, digest))) return null;
  return (await findObservation(prepared)).observation;
}

// Of the statements of a history that was parsed for a plan.
const digestOf = new WeakMap<Prepared, string>();

async function isAnythingKept(prepared: Prepared, digest: string): Promise<boolean> {
  const { read, cached } = await readKept(prepared);
  if (read !== null || cached !== null) return true;
  const { cacheDir } = prepared.options;
  return cacheDir !== false && (await readCachedByMeaning(cacheDir, getMeaning(prepared, digest))) !== null;
}

/** What an observation of the same statements is found by, whatever their comments and white space. */
function getMeaning({ prelude, options }: Prepared, digest: string): string {
  return getObservationKey(`${digest}-meaning`, prelude, options.searchPath);
}

type Found =
  | { readonly observation: Observation; readonly watch?: never }
  | { readonly observation: null; readonly watch: (observe: Observe) => Promise<Observation> };

type Observe = (prepared: Prepared, statements: readonly ParsedStatement[]) => Promise<Observation>;

async function findObservation(prepared: Prepared, server: number | null = null): Promise<Found> {
  const { options, key, context } = prepared;
  const start = performance.now();
  let isStale = false;
  const tell = (found: Observation, from: 'lock-file' | 'cache' | 'scratch'): Observation => {
    const observation: Observation = isStale ? { ...found, isStandIn: true } : found;
    const elapsedMs = Math.round(performance.now() - start);
    const { statements, tables } = observation;
    const isProven = tables.every((table) => table.proof !== undefined);
    const proof = isStale ? 'stale' : isProven ? 'proven' : 'none';
    context.onEvent?.({ type: 'observed', statements: statements.length, elapsedMs, from, proof });
    tellFailed(prepared, observation);
    return observation;
  };
  const kept = (observation: Observation, from: 'lock-file' | 'cache'): Found => ({
    observation: tell(observation, from),
  });
  const { read, locked, cached } = await readKept(prepared);
  if (locked?.digest === key) return kept(locked, 'lock-file');
  const isOfServer = (observation: Observation): boolean => server === null || observation.server === server;
  const isUsable = cached !== null && isOfServer(cached);
  if (isUsable && read === null) return kept(cached, 'cache');

  const { getRespanned, getStatementsDigest, parseHistory } = await import('./watching.js');
  const statements = await parseHistory(prepared.history);
  const isFit = locked !== null && isFitting(locked, prepared);
  const fromLock = isFit ? getRespanned(locked, key, statements) : null;
  if (fromLock !== null) return kept(fromLock, 'lock-file');
  if (read !== null) tellUnused(prepared, read, statements);
  isStale = read !== null;
  if (isUsable) return kept(cached, 'cache');
  const meaning = getMeaning(prepared, getStatementsDigest(statements));
  const same = options.cacheDir === false ? null : await readCachedByMeaning(options.cacheDir, meaning);
  const fromCache = same === null ? null : getRespanned(same, key, statements);
  const keep = async (observation: Observation): Promise<void> => {
    if (options.cacheDir === false) return;
    await writeCached(options.cacheDir, observation, meaning, prepared.history.location);
    keptOf.delete(prepared);
  };
  if (fromCache !== null && isOfServer(fromCache)) {
    await keep(fromCache);
    return kept(fromCache, 'cache');
  }
  return {
    observation: null,
    watch: async (observe) => {
      const observation = await observe(prepared, statements);
      await keep(observation);
      return tell(observation, 'scratch');
    },
  };
}

/** What lies beside the history and in the cache, before anything is parsed. */
interface Kept {
  readonly read: Observation | 'older' | null;
  readonly locked: Observation | null;
  /** Of this very history; null, and not looked for, where the lock file is. */
  readonly cached: Observation | null;
}

const keptOf = new WeakMap<Prepared, Promise<Kept>>();

/** Reads it once: a plan and what is verified after it are made from the same. */
function readKept(prepared: Prepared): Promise<Kept> {
  const known = keptOf.get(prepared) ?? readKeptNow(prepared);
  keptOf.set(prepared, known);
  return known;
}

async function readKeptNow({ options, key, lockFile }: Prepared): Promise<Kept> {
  const read = lockFile === null ? null : await readLockFile(lockFile);
  const locked = read === 'older' ? null : read;
  const isCacheRead = locked?.digest !== key && options.cacheDir !== false;
  const cached = isCacheRead ? await readCached(options.cacheDir, key) : null;
  return { read, locked, cached };
}

/** Tells that the lock file is not used, and which statements are others. */
function tellUnused(
  { history, lockFile, context }: Prepared,
  read: Observation | 'older',
  statements: readonly ParsedStatement[],
): void {
  const finding =
    read === 'older'
      ? { code: 'LOCK_FILE_OLDER', args: { path: lockFile } }
      : {
          code: 'LOCK_FILE_STALE',
          args: { path: lockFile, changes: getStatementChanges(history, statements, read) },
        };
  context.onEvent?.({ type: 'finding', finding: { ...finding, severity: 'warning' } });
}

// The prelude may be left to the target, but the search path says in which schemas the tables are.
export function isFitting(locked: Observation, { prelude, options }: Prepared): boolean {
  const isSamePrelude = prelude === null || locked.prelude === getPreludeDigest(prelude);
  return isSamePrelude && (locked.searchPath ?? null) === options.searchPath;
}

/**
 * The statements of a whole history without what they do: of this very history's lock file or kept observation, else those that an
 * earlier run parsed, else from the parser, which is loaded only then.
 */
export async function getBareStatements(prepared: Prepared): Promise<readonly PlannableStatement[]> {
  const { key, history } = prepared;
  // A lock file that cannot be read is told of by whoever asks for an observation.
  const kept = await readKept(prepared).catch(() => null);
  const observation = kept?.locked?.digest === key ? kept.locked : kept?.read === null ? kept.cached : null;
  if (observation !== null) {
    return getStatements(prepared, observation).map((statement) => ({ ...statement, effect: null }));
  }
  const parsed = readKeptStatements(prepared);
  if (parsed !== null) {
    digestOf.set(prepared, parsed.meaning);
    return parsed.statements;
  }
  const { createPlannable, getStatementsDigest, parseEach } = await import('./watching.js');
  const told = await parseEach(history, (statement) => {
    const { migration, start, end, digest, rows } = statement;
    return {
      plannable: createPlannable(history, statement),
      span: { migration, start, end, digest, rows },
    };
  });
  const meaning = getStatementsDigest(told.map(({ span }) => span));
  digestOf.set(prepared, meaning);
  await keepStatements(prepared, told, meaning);
  return told.map(({ plannable }) => plannable);
}

/** The statements of a prepared history by its observation. */
export function getStatements(prepared: Prepared, observation: Observation): readonly PlannableStatement[] {
  return getObservedStatements(prepared.history, observation, (migration, span) =>
    getExpandedText(migration.text, span, migration.substitutions),
  );
}
