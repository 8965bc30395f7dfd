import envPaths from 'env-paths';
import { FORMATS, type Format } from '../model/history.js';
import type { Check } from './check.js';
import { type Env, readVariable } from './environment.js';
import { type PartitionWindow, parsePartitionWindow } from './partitions.js';
import { SERVICE, URL_SHAPE } from './shapes.js';

/** What to read, and how to watch it. */
export interface HistoryOptions {
  /** The migration folder, or a single SQL file; several for a format that has that (Flyway's `locations`). */
  migrations: string | readonly string[];
  /** The tool that owns the folder. Default: recognized. */
  format?: Format;
  /** The history's name in the ledger. Default: `main`. */
  history?: string;
  /** Values of placeholders, by name. Default: none. */
  set?: Readonly<Record<string, string>>;
  /** Tables as `name`, `schema.name` or a pattern (`audit_*`), views by their name, other objects with their type (`function f(date)`). Default: the whole history. */
  tables?: readonly string[];
  /** The database is for this request only: the slice need not leave room for later requests. Default: false. */
  alone?: boolean;
  /** Tables that may ever be asked for on this database. Default: all. */
  declared?: readonly string[];
  /** Range partitions by time to bring: `all`, `now..+1month`, `2026-01..2026-07`; the rest is left out. Default: `all`. */
  partitions?: string;
  /** The search path that the history expects. Default: the server's. */
  searchPath?: string;
  /** A SQL file with what the history expects of its surroundings. Default: none. */
  prelude?: string;
  /** URL of a scratch server (superuser). Default: `PLINTH_SCRATCH_URL`, else the embedded PostgreSQL. */
  scratch?: string;
  /** Lets the history run programs and read files on the scratch server. Default: false. */
  allowServerFiles?: boolean;
  /** Files with SQL that does the same as a step in code, by the step's name. Default: what the lock file has. */
  steps?: Readonly<Record<string, string>>;
  /** Where observations are kept; false keeps none. Default: `PLINTH_CACHE_DIR`, else the user's cache folder. */
  cacheDir?: string | false;
  /** The proof to use; false uses none. Default: `plinth.lock.json` beside the history. */
  lockFile?: string | false;
}

/** `HistoryOptions` with every default filled in. */
export interface ResolvedHistoryOptions {
  /** One at least. */
  readonly migrations: readonly string[];
  /** Null: to be recognized. */
  readonly format: Format | null;
  readonly history: string;
  readonly set: Readonly<Record<string, string>>;
  /** Empty: the whole history. */
  readonly tables: readonly string[];
  readonly alone: boolean;
  /** Null: all tables. */
  readonly declared: readonly string[] | null;
  /** Null: all. */
  readonly partitions: PartitionWindow | null;
  readonly searchPath: string | null;
  readonly prelude: string | null;
  /** Null: the embedded PostgreSQL. */
  readonly scratch: string | null;
  readonly allowServerFiles: boolean;
  readonly steps: Readonly<Record<string, string>>;
  readonly cacheDir: string | false;
  /** Null: `plinth.lock.json` beside the history. */
  readonly lockFile: string | false | null;
}

/** The user's cache folder for observations: `PLINTH_CACHE_DIR`, else the platform's. */
export function resolveCacheDir(raw: string | undefined, env: Env): string {
  return raw ?? readVariable(env, 'PLINTH_CACHE_DIR') ?? envPaths('plinth', { suffix: '' }).cache;
}

/** Reads what watches a history; what is wrong is left with `check`. */
export function resolveHistory(check: Check<keyof HistoryOptions>, env: Env): ResolvedHistoryOptions {
  const migrations = check.texts('migrations');
  if (migrations === null && !check.isGiven('migrations')) {
    check.problems.push('no migration folder: give --migrations DIR');
  }
  const cacheDir = check.path('cacheDir');
  return {
    migrations: migrations ?? [],
    format: check.oneOf('format', FORMATS),
    history: check.matching('history', SERVICE) ?? 'main',
    set: check.record('set'),
    tables: check.list('tables') ?? Object.freeze([]),
    alone: check.flag('alone'),
    declared: check.list('declared'),
    partitions: readPartitions(check),
    searchPath: check.text('searchPath'),
    prelude: check.text('prelude'),
    scratch: check.matching(
      'scratch',
      URL_SHAPE,
      readVariable(env, 'PLINTH_SCRATCH_URL'),
      'PLINTH_SCRATCH_URL',
    ),
    allowServerFiles: check.flag('allowServerFiles'),
    steps: check.record('steps'),
    cacheDir: cacheDir === false ? false : resolveCacheDir(cacheDir ?? undefined, env),
    lockFile: check.path('lockFile'),
  };
}

function readPartitions(check: Check<'partitions'>): PartitionWindow | null {
  const text = check.text('partitions');
  const window = text === null ? null : parsePartitionWindow(text.trim(), new Date());
  if (window === undefined)
    check.wrong('partitions', 'all, or FROM..TO such as now..+1month or 2026-01..2026-07');
  return window ?? null;
}
