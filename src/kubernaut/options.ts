import { fileURLToPath } from 'node:url';
import { isPlinthError, PlinthError } from '../errors.js';
import type { ApplyOptions, VerifyOptions } from '../index.js';
import { createCheck } from '../options/check.js';
import { OPTION_NAMES, resolveApplyOptions, resolveVerifyOptions } from '../options.js';
import { defaultMigrationConfig, type MigrationConfig } from './config.js';
import { renderCurrentPartitions } from './current-partitions.js';

// Bundled into the command line, this file lies in a folder beside the migrations'.
/** The folder of the bundled history (goose): `workflows`, `workflow_versions` and `audit_events`. */
export const kubernautMigrations: string = fileURLToPath(new URL('../kubernaut/migrations', import.meta.url));

const KEYS: readonly (keyof MigrationConfig)[] = [
  ...([
    'kubeconfigPath',
    'namespace',
    'postgresService',
    'postgresUser',
    'postgresDB',
    'postgresPassword',
  ] as const),
  ...(['tables', 'timeout', 'logger', 'service', 'migrations', 'partitions'] as const),
];
/** What the general call's options are called in a config. */
const NAMES = {
  kubeconfig: 'kubeconfigPath',
  user: 'postgresUser',
  database: 'postgresDB',
  password: 'postgresPassword',
};

/**
 * The options of `apply` that a config stands for.
 *
 * @throws PlinthError OPTIONS_INVALID with all problems of the config at once, by its own names.
 */
export function getApplyOptions(config: MigrationConfig): ApplyOptions {
  const service = config?.service ?? undefined;
  const options = {
    ...getOptions(config),
    ...(service === undefined ? {} : { service }),
    afterwards: renderCurrentPartitions(),
  };
  ensureValid(config, () => resolveApplyOptions(options, process.env));
  return options;
}

/**
 * The options of `verify` that a config stands for.
 *
 * @throws PlinthError OPTIONS_INVALID with all problems of the config at once, by its own names.
 */
export function getVerifyOptions(config: MigrationConfig): VerifyOptions {
  const options = getOptions(config);
  ensureValid(config, () => resolveVerifyOptions(options, process.env));
  return options;
}

function getOptions(config: MigrationConfig): VerifyOptions {
  const given = Object.entries(config ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const all = { ...defaultMigrationConfig('', ''), ...Object.fromEntries(given) } as MigrationConfig;
  const { kubeconfigPath: kubeconfig, namespace, postgresService, migrations = kubernautMigrations } = all;
  const { postgresUser: user, postgresDB: database, postgresPassword: password, partitions } = all;
  const { tables, timeout } = all;
  const options = { migrations, postgresService, user, database, password, tables, timeout, partitions };
  return {
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    ...(kubeconfig === '' ? {} : { kubeconfig }),
    ...(namespace === '' ? {} : { namespace }),
    [OPTION_NAMES]: NAMES,
  } as unknown as VerifyOptions;
}

function ensureValid(config: MigrationConfig, resolve: () => unknown): void {
  const check = createCheck(config, KEYS);
  if (check.value('kubeconfigPath') === undefined)
    check.wrong(
      'kubeconfigPath',
      "given: a path, or '' for KUBECONFIG, ~/.kube/config, the pod's service account",
    );
  if ((check.value('namespace') ?? '') === '') check.wrong('namespace', 'given');
  const logger = check.value('logger');
  if (logger !== undefined && typeof (logger as { write?: unknown }).write !== 'function')
    check.wrong('logger', 'a stream to write to');
  const problems = [...check.problems, ...getProblems(resolve)];
  if (problems.length > 0) throw new PlinthError('OPTIONS_INVALID', { problems });
}

function getProblems(resolve: () => unknown): readonly string[] {
  try {
    resolve();
    return [];
  } catch (error) {
    if (isPlinthError(error) && error.code === 'OPTIONS_INVALID')
      return (error as PlinthError<'OPTIONS_INVALID'>).args.problems;
    throw error;
  }
}
