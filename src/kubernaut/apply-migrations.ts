import { fileURLToPath } from 'node:url';
import {
  type ApplyOptions,
  apply,
  type Context,
  type RunResult,
  type VerifyOptions,
  type VerifyResult,
  verify,
} from '../index.js';
import { createLineWriter } from '../report/lines.js';
import { defaultMigrationConfig, type MigrationConfig } from './config.js';

// Bundled into the command line, this file lies in a folder beside the migrations'.
/** The folder of the bundled history (goose): `workflows`, `workflow_versions` and `audit_events`. */
export const kubernautMigrations: string = fileURLToPath(new URL('../kubernaut/migrations', import.meta.url));

/** How a call is stopped. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

// In a database whose history came months ago the partitions of then are there, not those of now.
const CURRENT_PARTITIONS = `do $plinth$ begin
  if to_regprocedure('create_audit_events_partition(date)') is not null then
    perform create_audit_events_partition(day) from (values (current_date),
      ((date_trunc('month', current_date) + interval '1 month')::date)) as months (day)
    where to_regclass(to_char(day, '"audit_events_y"YYYY"m"MM')) is null;
  end if;
end $plinth$`;

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

/** The options of `apply` that a config stands for. */
export function getApplyOptions(config: MigrationConfig): ApplyOptions {
  const { service } = config;
  return {
    ...getVerifyOptions(config),
    ...(service === undefined ? {} : { service }),
    afterwards: CURRENT_PARTITIONS,
  };
}

/** The options of `verify` that a config stands for. */
export function getVerifyOptions(config: MigrationConfig): VerifyOptions {
  const defaults = defaultMigrationConfig(config.kubeconfigPath, config.namespace);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  const { kubeconfigPath, namespace, postgresDB, postgresPassword, postgresService, postgresUser, ...rest } =
    {
      ...defaults,
      ...given,
    } as MigrationConfig;
  const { migrations, tables, timeout } = rest;
  return {
    migrations: migrations ?? kubernautMigrations,
    namespace,
    ...(kubeconfigPath === '' ? {} : { kubeconfig: kubeconfigPath }),
    ...(postgresService === undefined ? {} : { postgresService }),
    ...(postgresUser === undefined ? {} : { user: postgresUser }),
    ...(postgresDB === undefined ? {} : { database: postgresDB }),
    ...(postgresPassword === undefined ? {} : { password: postgresPassword }),
    ...(tables === undefined ? {} : { tables: [...tables] }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** The context of the general call: its events as lines in the logger. */
export function getContext({ logger }: MigrationConfig, { signal }: CallOptions): Context {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(logger === undefined ? {} : { onEvent: createLineWriter(logger) }),
  };
}
