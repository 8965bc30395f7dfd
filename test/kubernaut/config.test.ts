import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import {
  applyMigrations,
  defaultMigrationConfig,
  kubernautMigrations,
  type MigrationConfig,
  verifyMigrations,
} from '../../src/kubernaut/index.js';
import { getApplyOptions } from '../../src/kubernaut/options.js';
import { resolveApplyOptions } from '../../src/options.js';

const readProblems = async (
  config: unknown,
  call = applyMigrations as (config: MigrationConfig) => unknown,
) => {
  const error = await Promise.resolve(call(config as MigrationConfig)).then(
    () => null,
    (thrown: unknown) => thrown as { code: string; args: { problems: string[] } },
  );
  expect(error).toMatchObject({ code: 'OPTIONS_INVALID' });
  return error!.args.problems;
};

test('what a config leaves out is as the proposal has it', () => {
  expect(defaultMigrationConfig('/k', 'kubernaut-system')).toEqual({
    kubeconfigPath: '/k',
    namespace: 'kubernaut-system',
    postgresService: 'postgres',
    postgresUser: 'slm_user',
    postgresDB: 'action_history',
    tables: [],
    timeout: 30_000,
  });
  const resolved = resolveApplyOptions(getApplyOptions({ kubeconfigPath: '/k', namespace: 'n' }), {});
  expect(resolved).toMatchObject({
    migrations: [kubernautMigrations],
    tables: [],
    timeout: 30_000,
    cluster: {
      kubeconfig: '/k',
      namespace: 'n',
      service: 'postgres',
      user: 'slm_user',
      database: 'action_history',
    },
  });
});

test('all that a config says gets there', () => {
  const config: MigrationConfig = {
    kubeconfigPath: '',
    namespace: 'n',
    postgresService: 's',
    postgresUser: 'u',
    postgresDB: 'd',
    postgresPassword: 'p',
    tables: ['audit_events'],
    timeout: '2m',
    logger: new PassThrough(),
    service: 'ro',
    migrations: './migrations',
    partitions: 'all',
  };
  const resolved = resolveApplyOptions(getApplyOptions(config), {});
  expect(resolved).toMatchObject({
    tables: ['audit_events'],
    timeout: 120_000,
    service: 'ro',
    migrations: ['./migrations'],
    partitions: null,
    cluster: { kubeconfig: null, namespace: 'n', service: 's', user: 'u', database: 'd' },
  });
  expect(resolved.cluster!.password).toBe('p');
});

test('all problems of a config are told at once, by its own names', async () => {
  const config = {
    namespce: 'kubernaut-system',
    postgresUser: '',
    postgresService: 'Post gres',
    tables: 'audit_events',
    timeout: 'soon',
    logger: 'stdout',
    partitions: 'next month',
  };
  const problems = await readProblems(config);
  expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
    'unknown option',
    'kubeconfigPath must',
    'namespace must',
    'logger must',
    ...['tables must', 'partitions must', 'timeout must', 'postgresService must', 'postgresUser must'],
  ]);
  expect(problems[0]).toBe('unknown option namespce; did you mean namespace?');
  expect(await readProblems(config, verifyMigrations)).toEqual(problems);
});

test('no config at all is told as one', async () => {
  for (const nothing of [undefined, null, []])
    expect(await readProblems(nothing)).toEqual([
      'the options must be an object',
      expect.stringContaining('kubeconfigPath must be given'),
      'namespace must be given',
    ]);
});
