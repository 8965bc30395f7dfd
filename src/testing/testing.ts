import { stopEmbedded } from '../embedded/server.js';
import { type ApplyOptions, type Context, PlinthError } from '../index.js';
import { type ResolvedTestingOptions, resolveTestingOptions, type TestingOptions } from '../options.js';
import { type Base, createBase } from './base.js';
import { createDatabase } from './database.js';
import { getDefaultFolder } from './default-folder.js';
import type { Swept } from './sweep.js';
import type { TestDatabase } from './test-database.js';

/** What a run of tests stands on, until it is stopped. */
export interface Testing {
  /** Drops what is left of this process and of dead ones, and stops an embedded server that nobody else is on; templates stay for the next run. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const TARGETS = [
  'url',
  'embedded',
  'kubeconfig',
  'context',
  'namespace',
  'postgresService',
  'pod',
  'selector',
];
const DEFAULT_POOL = 4;

const bases = new Map<string, Promise<Base>>();
let isWatched = false;

/**
 * Gives a test a database of its own, with the wanted tables and all they stand on: cloned from a template that is made once
 * for all processes, or taken from those that are ready.
 *
 * @throws PlinthError: CREATE_DATABASE_DENIED, CONNECTIONS_EXHAUSTED, LOCK_TIMEOUT, and whatever `apply` throws.
 */
export async function createTestDatabase(
  options: TestingOptions,
  context: Context = {},
): Promise<TestDatabase> {
  const { base, resolved } = await getBase(options, context);
  if (resolved.isolation === 'schema') return await (await import('./schema.js')).createSchema(base);
  if (resolved.isolation === 'transaction')
    return await (await import('./transaction.js')).createTransaction(base);
  base.startPool(resolved.pool);
  return await createDatabase(base, await base.cloner.take());
}

/** As createTestDatabase, for as long as the work goes on; where it throws, `keep: 'failed'` leaves the database there. */
export async function withTestDatabase<T>(
  options: TestingOptions,
  work: (database: TestDatabase) => Promise<T>,
  context: Context = {},
): Promise<T> {
  const database = await createTestDatabase(options, context);
  let failed = true;
  try {
    const result = await work(database);
    failed = false;
    return result;
  } finally {
    await database.dispose({ failed });
  }
}

/**
 * Makes ready what a run of tests needs, once, before its workers begin: the server, the template, databases ahead of their use.
 *
 * @throws PlinthError as createTestDatabase.
 */
export async function startTesting(options: TestingOptions, context: Context = {}): Promise<Testing> {
  const isPooled = (options.isolation ?? 'database') === 'database';
  const { base, key, resolved } = await getBase(
    { ...(isPooled ? { pool: DEFAULT_POOL } : {}), ...options },
    context,
  );
  if (resolved.isolation === 'database') await base.cloner.ensure();
  base.startPool(resolved.pool);
  const stop = async (): Promise<void> => {
    if (!bases.delete(key)) return;
    await base.stop({ withServer: true, withSweep: true });
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/** Drops what dead processes have left on a server; with `keepFor: '1ms'` all that was kept and every template, too. */
export async function sweepTestDatabases(options: TestingOptions, context: Context = {}): Promise<Swept> {
  const given = withTarget(options);
  const resolved = resolveTestingOptions(given, getEnvironment());
  const base = await createBase(resolved, given as ApplyOptions, context, { sweeps: false });
  try {
    return await base.sweep();
  } finally {
    await base.stop();
  }
}

/** Stops the embedded server of the project's tests, or that of a folder; false where none was running. */
export function stopTestServer(folder: string = getDefaultFolder()): Promise<boolean> {
  return stopEmbedded(folder);
}

interface Found {
  readonly base: Base;
  readonly key: string;
  readonly resolved: ResolvedTestingOptions;
}

async function getBase(options: TestingOptions, context: Context): Promise<Found> {
  const given = withTarget(options);
  const resolved = resolveTestingOptions(given, getEnvironment());
  // The password is not enumerable.
  const secret = resolved.cluster?.password;
  const { partitions } = given;
  const key = JSON.stringify({ ...resolved, partitions, pool: 0, secret });
  let base = bases.get(key);
  if (base === undefined) {
    if (!isWatched) process.on('beforeExit', stopAll);
    isWatched = true;
    base = createBase(resolved, given as ApplyOptions, context);
    bases.set(key, base);
    base.catch(() => bases.delete(key));
  }
  return { base: await base, key, resolved };
}

/** A target that is for tests: whatever DATABASE_URL names may be dear to somebody. */
function withTarget(options: TestingOptions): TestingOptions {
  if (typeof options !== 'object' || options === null) {
    throw new PlinthError('OPTIONS_INVALID', { problems: ['the options must be an object'] });
  }
  // The database of many tests with different wishes is not for one request only.
  const defaults = { timeout: '2m', alone: options.isolation !== 'transaction' };
  const values = options as unknown as Readonly<Record<string, unknown>>;
  if (TARGETS.some((name) => values[name] !== undefined)) return { ...defaults, ...options };
  const url = process.env['PLINTH_TEST_URL'];
  return { ...defaults, ...options, ...(url ? { url } : { embedded: getDefaultFolder() }) };
}

const getEnvironment = (): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _, PGHOST: _host, PGPORT: _port, PGDATABASE: _database, ...rest } = process.env;
  return rest;
};

/** At the end of a process that nothing else keeps: what was not disposed of goes now, and not with the next one. */
function stopAll(): void {
  const all = [...bases.values()];
  bases.clear();
  for (const base of all) base.then((opened) => opened.stop()).catch(() => {});
}
