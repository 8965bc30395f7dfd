import { apply, type Context, type RunResult, type VerifyResult, verify } from '../index.js';
import { createLineWriter } from '../report/lines.js';
import type { MigrationConfig } from './config.js';
import { getApplyOptions, getVerifyOptions } from './options.js';

/** How a call is stopped. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * Brings the wanted tables, with all they stand on, into the PostgreSQL of a namespace; calling it again, or from
 * several services at once, changes nothing more. Partitions of `audit_events` for this month and the next exist
 * afterwards.
 *
 * @throws PostgresNotReadyError, MigrationFailedError, TableExistsError, and PlinthError for the rest.
 */
export async function applyMigrations(config: MigrationConfig, call: CallOptions = {}): Promise<RunResult> {
  return await apply(getApplyOptions(config), getContext(config, call));
}

/** The same as applyMigrations, under the name that other teams asked for. */
export const applyMigrationsWithConfig: typeof applyMigrations = applyMigrations;

/** `audit_events` alone. */
export function applyAuditMigrations(config: MigrationConfig, call: CallOptions = {}): Promise<RunResult> {
  return applyMigrations({ ...config, tables: ['audit_events'] }, call);
}

/** Every table. */
export function applyAllMigrations(config: MigrationConfig, call: CallOptions = {}): Promise<RunResult> {
  return applyMigrations({ ...config, tables: [] }, call);
}

/**
 * Compares the database with what the history leaves, for the wanted tables and all they stand on; it changes nothing.
 *
 * @throws PostgresNotReadyError, and PlinthError for the rest; differences are a value.
 */
export async function verifyMigrations(
  config: MigrationConfig,
  call: CallOptions = {},
): Promise<VerifyResult> {
  return await verify(getVerifyOptions(config), getContext(config, call));
}

/** The context of the general call: its events as lines in the logger. */
export function getContext({ logger }: MigrationConfig, { signal }: CallOptions): Context {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(logger === undefined ? {} : { onEvent: createLineWriter(logger) }),
  };
}
