import envPaths from 'env-paths';
import { closest, distance } from 'fastest-levenshtein';
import { PlinthError } from './errors.js';
import { FORMATS, type Format } from './model/history.js';

/** Environment variables, handed in: this module never reads `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What to read, and how to watch it. */
export interface HistoryOptions {
  /** The migration folder, or a single SQL file. */
  migrations: string;
  /** The tool that owns the folder. Default: recognized. */
  format?: Format;
  /** The history's name in the ledger. Default: `main`. */
  history?: string;
  /** Values of placeholders, by name. Default: none. */
  set?: Readonly<Record<string, string>>;
  /** Tables as `name`, `schema.name` or a pattern (`audit_*`). Default: the whole history. */
  tables?: readonly string[];
  /** The database is for this request only: the slice need not leave room for later requests. Default: false. */
  alone?: boolean;
  /** Tables that may ever be asked for on this database. Default: all. */
  declared?: readonly string[];
  /** The search path that the history expects. Default: the server's. */
  searchPath?: string;
  /** A SQL file with what the history expects of its surroundings. Default: none. */
  prelude?: string;
  /** URL of a scratch server (superuser). Default: `PLINTH_SCRATCH_URL`, else the embedded PostgreSQL. */
  scratch?: string;
  /** Lets the history run programs and read files on the scratch server. Default: false. */
  allowServerFiles?: boolean;
  /** Where observations are kept; false keeps none. Default: `PLINTH_CACHE_DIR`, else the user's cache folder. */
  cacheDir?: string | false;
  /** The proof to use; false uses none. Default: `plinth.lock.json` beside the history. */
  lockFile?: string | false;
}

/** What to plan for. Without a target the plan is for an empty database. */
export interface PlanOptions extends HistoryOptions {
  /** URL of the target; `''` takes the PG* variables. Default: `DATABASE_URL`, else the PG* variables where any names a server. */
  url?: string;
  /** Folder of an embedded PostgreSQL as the target. Default: none. */
  embedded?: string;
  /** Time for everything, in milliseconds or as `30s`. Default: 30000. */
  timeout?: number | string;
  /** Schema of the ledger. Default: `plinth`. */
  ledger?: string;
  /** Accepts statements that changed after being applied, without running them. Default: false. */
  allowChanged?: boolean;
  /** Runs migrations that were inserted below the newest one. Default: false. */
  allowOutOfOrder?: boolean;
}

/** What to apply, and for whom. */
export interface ApplyOptions extends PlanOptions {
  /** Who asks, as other deployers see it. Default: `PLINTH_SERVICE`, else `default`. */
  service?: string;
  /** What to do about roles that the target lacks. Default: `fail`. */
  missingRoles?: 'fail' | 'create' | 'skip';
  /** Runs the prelude in the target first. Default: false. */
  withPrelude?: boolean;
}

/** `HistoryOptions` with every default filled in. */
export interface ResolvedHistoryOptions {
  readonly migrations: string;
  /** Null: to be recognized. */
  readonly format: Format | null;
  readonly history: string;
  readonly set: Readonly<Record<string, string>>;
  /** Empty: the whole history. */
  readonly tables: readonly string[];
  readonly alone: boolean;
  /** Null: all tables. */
  readonly declared: readonly string[] | null;
  readonly searchPath: string | null;
  readonly prelude: string | null;
  /** Null: the embedded PostgreSQL. */
  readonly scratch: string | null;
  readonly allowServerFiles: boolean;
  readonly cacheDir: string | false;
  /** Null: `plinth.lock.json` beside the history. */
  readonly lockFile: string | false | null;
}

/** `PlanOptions` with every default filled in; `url` and `embedded` both null: an empty database. */
export interface ResolvedPlanOptions extends ResolvedHistoryOptions {
  /** `''`: the PG* variables. */
  readonly url: string | null;
  readonly embedded: string | null;
  /** Milliseconds. */
  readonly timeout: number;
  readonly ledger: string;
  readonly allowChanged: boolean;
  readonly allowOutOfOrder: boolean;
}

/** `ApplyOptions` with every default filled in; exactly one of `url` and `embedded` is set. */
export interface ResolvedApplyOptions extends ResolvedPlanOptions {
  readonly service: string;
  readonly missingRoles: 'fail' | 'create' | 'skip';
  readonly withPrelude: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;
// setTimeout fires at once above this.
const MAX_TIMEOUT_MS = 2_147_483_647;
const TARGET_VARIABLES = ['PGHOST', 'PGDATABASE', 'PGPORT'];
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const KEYS = (
  'migrations format history set tables alone declared searchPath prelude scratch allowServerFiles cacheDir ' +
  'lockFile url embedded timeout ledger allowChanged allowOutOfOrder service missingRoles withPrelude'
).split(' ') as readonly (keyof ApplyOptions)[];

/** Milliseconds of `30s`, `500ms`, `2m`, `1h` or a number of milliseconds; null where it is none. */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return isBudget(value) ? value : null;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value.trim()) : null;
  if (match === null) return null;
  const ms = Math.round(Number(match[1]) * UNIT_MS[match[2]!]!);
  return isBudget(ms) ? ms : null;
}

const isBudget = (ms: number): boolean => Number.isFinite(ms) && ms > 0 && ms <= MAX_TIMEOUT_MS;

/** The user's cache folder for observations: `PLINTH_CACHE_DIR`, else the platform's. */
export function resolveCacheDir(raw: string | undefined, env: Env): string {
  return raw ?? readVariable(env, 'PLINTH_CACHE_DIR') ?? envPaths('plinth', { suffix: '' }).cache;
}

/** Resolves what reads and watches a history; throws OPTIONS_INVALID with all problems at once. */
export function resolveHistoryOptions(raw: unknown, env: Env): ResolvedHistoryOptions {
  return resolve(raw, (check) => resolveHistory(check, env));
}

/** Resolves what plans; throws OPTIONS_INVALID with all problems at once. */
export function resolvePlanOptions(raw: unknown, env: Env): ResolvedPlanOptions {
  return resolve(raw, (check) => resolvePlan(check, env));
}

/** Resolves what applies, for which a target is needed; throws OPTIONS_INVALID with all problems at once. */
export function resolveApplyOptions(raw: unknown, env: Env): ResolvedApplyOptions {
  return resolve(raw, (check) => {
    const options = resolvePlan(check, env);
    if (options.url === null && options.embedded === null && !check.isGiven('url', 'embedded')) {
      check.problems.push('no target: give --url URL or --embedded DIR, or set DATABASE_URL or PGHOST');
    }
    return {
      ...options,
      service:
        check.matching('service', SERVICE, readVariable(env, 'PLINTH_SERVICE'), 'PLINTH_SERVICE') ??
        'default',
      missingRoles: check.oneOf('missingRoles', ['fail', 'create', 'skip'] as const) ?? 'fail',
      withPrelude: check.flag('withPrelude'),
    };
  });
}

const SERVICE: Shape = [/^[A-Za-z0-9._-]{1,40}$/, '1 to 40 letters, digits, dots, dashes or underscores'];
const IDENTIFIER: Shape = [/^[a-z_][a-z0-9_]{0,62}$/, 'a plain lower-case identifier'];
const URL_SHAPE: Shape = [/^postgres(ql)?:\/\/|^[a-z_]+ *=/i, 'a URL (postgres://…) or a key=value string'];

function resolveHistory(check: Check, env: Env): ResolvedHistoryOptions {
  const migrations = check.text('migrations');
  if (migrations === null && !check.isGiven('migrations')) {
    check.problems.push('no migration folder: give --migrations DIR');
  }
  const cacheDir = check.path('cacheDir');
  return {
    migrations: migrations ?? '',
    format: check.oneOf('format', FORMATS),
    history: check.matching('history', SERVICE) ?? 'main',
    set: check.record('set'),
    tables: check.list('tables') ?? Object.freeze([]),
    alone: check.flag('alone'),
    declared: check.list('declared'),
    searchPath: check.text('searchPath'),
    prelude: check.text('prelude'),
    scratch: check.matching(
      'scratch',
      URL_SHAPE,
      readVariable(env, 'PLINTH_SCRATCH_URL'),
      'PLINTH_SCRATCH_URL',
    ),
    allowServerFiles: check.flag('allowServerFiles'),
    cacheDir: cacheDir === false ? false : resolveCacheDir(cacheDir ?? undefined, env),
    lockFile: check.path('lockFile'),
  };
}

function resolvePlan(check: Check, env: Env): ResolvedPlanOptions {
  const timeout = check.value('timeout');
  const budget = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeout);
  if (budget === null) check.wrong('timeout', 'a time such as 30s, 500ms or 2m, at most 24 days');
  return {
    ...resolveHistory(check, env),
    ...resolveTarget(check, env),
    timeout: budget ?? DEFAULT_TIMEOUT_MS,
    ledger: check.matching('ledger', IDENTIFIER) ?? 'plinth',
    allowChanged: check.flag('allowChanged'),
    allowOutOfOrder: check.flag('allowOutOfOrder'),
  };
}

function resolveTarget(check: Check, env: Env): Pick<ResolvedPlanOptions, 'url' | 'embedded'> {
  const embedded = check.text('embedded');
  const url = check.value('url') === '' ? '' : check.matching('url', URL_SHAPE);
  if (url !== null && embedded !== null)
    check.problems.push('one target only: --url or --embedded, not both');
  if (check.isGiven('url', 'embedded')) return { url, embedded };
  const fallback = readVariable(env, 'DATABASE_URL');
  if (fallback !== undefined) {
    return { url: check.matching('url', URL_SHAPE, fallback, 'DATABASE_URL'), embedded: null };
  }
  return { url: TARGET_VARIABLES.some((name) => readVariable(env, name)) ? '' : null, embedded: null };
}

// An empty variable counts as unset, as libpq has it.
const readVariable = (env: Env, name: string): string | undefined => env[name] || undefined;

type Shape = readonly [pattern: RegExp, words: string];

function resolve<T extends object>(raw: unknown, build: (check: Check) => T): T {
  const check = createCheck(raw);
  const options = build(check);
  if (check.problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems: check.problems });
  return Object.freeze(options);
}

type Check = ReturnType<typeof createCheck>;

/** Reads one option after the other and gathers what is wrong; no problem repeats a value, which may hold a password. */
function createCheck(raw: unknown) {
  const problems: string[] = [];
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  if (!isObject) problems.push('the options must be an object');
  const values = (isObject ? raw : {}) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(values)) {
    if (!(KEYS as readonly string[]).includes(key)) problems.push(`unknown option ${key}${suggestKey(key)}`);
  }

  const value = (key: keyof ApplyOptions): unknown => values[key] ?? undefined;
  const isGiven = (...keys: (keyof ApplyOptions)[]): boolean => keys.some((key) => value(key) !== undefined);
  const wrong = (key: string, words: string): null => {
    problems.push(`${key} must be ${words}`);
    return null;
  };
  const isText = (item: unknown): item is string => typeof item === 'string' && item.trim() !== '';

  const text = (key: keyof ApplyOptions): string | null => {
    const found = value(key);
    if (found === undefined) return null;
    return isText(found) ? found : wrong(key, 'a text that is not empty');
  };
  const path = (key: 'cacheDir' | 'lockFile'): string | false | null =>
    value(key) === false ? false : text(key);
  const flag = (key: keyof ApplyOptions): boolean => {
    const found = value(key);
    if (found !== undefined && typeof found !== 'boolean') wrong(key, 'true or false');
    return found === true;
  };
  const list = (key: keyof ApplyOptions): readonly string[] | null => {
    const found = value(key);
    if (found === undefined) return null;
    if (!Array.isArray(found) || !found.every(isText)) return wrong(key, 'a list of table names');
    return Object.freeze(found.map((item) => item.trim()));
  };
  const record = (key: keyof ApplyOptions): Readonly<Record<string, string>> => {
    const found = value(key) ?? {};
    const isRecord = typeof found === 'object' && !Array.isArray(found);
    if (!isRecord || !Object.values(found).every((item) => typeof item === 'string')) {
      wrong(key, 'an object of texts by name');
      return {};
    }
    return Object.freeze({ ...(found as Record<string, string>) });
  };
  const oneOf = <T extends string>(key: keyof ApplyOptions, allowed: readonly T[]): T | null => {
    const found = value(key);
    if (found === undefined) return null;
    return allowed.includes(found as T) ? (found as T) : wrong(key, `one of ${allowed.join(', ')}`);
  };
  /** `fallback` is the environment's; a problem with it names the variable. */
  const matching = (key: keyof ApplyOptions, shape: Shape, fallback?: string, variable?: string) => {
    const found = value(key) ?? fallback;
    if (found === undefined) return null;
    if (typeof found === 'string' && shape[0].test(found)) return found;
    return wrong(value(key) === undefined ? variable! : key, shape[1]);
  };
  return { problems, value, isGiven, wrong, text, path, flag, list, record, oneOf, matching };
}

function suggestKey(key: string): string {
  const nearest = closest(key, KEYS as string[]);
  return distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, key.length / 3)
    ? `; did you mean ${nearest}?`
    : '';
}
