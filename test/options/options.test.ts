import { describe, expect, test } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import {
  type ApplyOptions,
  type Env,
  parseDuration,
  resolveApplyOptions,
  resolveCacheDir,
  resolveHistoryOptions,
  resolvePlanOptions,
} from '../../src/options.js';

const URL = 'postgres://u@h/db';

function readProblems(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (isPlinthError(error) && error.code === 'OPTIONS_INVALID') {
      return (error.args as { problems: readonly string[] }).problems;
    }
    throw error;
  }
  return [];
}

describe('resolving options', () => {
  test('fills every default in and freezes the outcome', () => {
    const options = resolveApplyOptions({ migrations: 'db', url: URL }, {});
    expect(options).toEqual({
      migrations: ['db'],
      format: null,
      history: 'main',
      set: {},
      tables: [],
      alone: false,
      declared: null,
      partitions: null,
      searchPath: null,
      prelude: null,
      scratch: null,
      allowServerFiles: false,
      steps: {},
      cacheDir: resolveCacheDir(undefined, {}),
      lockFile: null,
      url: URL,
      embedded: null,
      cluster: null,
      timeout: 30_000,
      ledger: 'plinth',
      allowChanged: false,
      allowOutOfOrder: false,
      trustLedger: null,
      writeLedger: null,
      service: 'default',
      missingRoles: 'fail',
      withPrelude: false,
      afterwards: null,
      verify: true,
    });
    expect(Object.isFrozen(options) && Object.isFrozen(options.tables) && Object.isFrozen(options.set)).toBe(
      true,
    );
  });

  // One target at a time.
  const CLUSTER = {
    kubeconfig: undefined as unknown as string,
    context: undefined as unknown as string,
    namespace: undefined as unknown as string,
    postgresService: undefined as unknown as string,
    pod: undefined as unknown as string,
    selector: undefined as unknown as string,
    port: undefined as unknown as string,
    user: undefined as unknown as string,
    database: undefined as unknown as string,
    password: undefined as unknown as string,
    passwordSecret: undefined as unknown as string,
  };

  test('knows every option of the types', () => {
    const all: Required<ApplyOptions> = {
      migrations: 'db',
      format: 'goose',
      history: 'main',
      set: { A: 'b' },
      tables: ['a'],
      alone: true,
      declared: ['a', 'b'],
      partitions: 'all',
      searchPath: 'app, public',
      prelude: 'p.sql',
      scratch: URL,
      allowServerFiles: true,
      steps: { 'a.go': 'a.sql' },
      cacheDir: false,
      lockFile: false,
      url: URL,
      embedded: undefined as unknown as string,
      ...CLUSTER,
      timeout: '2m',
      ledger: 'plinth_b',
      allowChanged: true,
      allowOutOfOrder: true,
      trustLedger: 'goose=app.versions',
      writeLedger: undefined as unknown as string,
      service: 'gateway',
      missingRoles: 'skip',
      withPrelude: true,
      afterwards: 'select 1',
      verify: false,
    };
    expect(resolveApplyOptions(all, {})).toMatchObject({
      ...Object.fromEntries(Object.entries(all).filter(([key]) => !(key in CLUSTER))),
      migrations: ['db'],
      embedded: null,
      cluster: null,
      partitions: null,
      trustLedger: { tool: 'goose', schema: 'app', table: 'versions' },
      writeLedger: null,
      timeout: 120_000,
    });
    expect(readProblems(() => resolveHistoryOptions(all, {}))).toEqual([]);
  });

  test('takes one location or several, none empty', () => {
    const read = (migrations: unknown) => resolveHistoryOptions({ migrations }, {}).migrations;
    expect(read(['a', 'b'])).toEqual(['a', 'b']);
    for (const wrong of [[], ['a', ''], ['a', 7]]) {
      expect(readProblems(() => read(wrong))).toEqual([
        'migrations must be a text or a list of texts, none empty',
      ]);
    }
    expect(readProblems(() => read(''))).toEqual(['migrations must be a text that is not empty']);
  });

  test('tells all problems at once, and none of the values', () => {
    const secret = 'mysql://u:hunter2@h/db';
    const problems = readProblems(() =>
      resolveApplyOptions(
        { tabels: ['a'], url: secret, timeout: '30', format: 'rails', set: { A: 1 }, service: 'a b' },
        {},
      ),
    );
    expect(problems).toHaveLength(7);
    expect(problems.join('\n')).not.toContain('hunter2');
    expect(problems).toContain('unknown option tabels; did you mean tables?');
  });

  test.each([null, undefined, 'x', 5, []])('refuses %j in place of an object', (raw) => {
    expect(readProblems(() => resolvePlanOptions(raw, {}))).toContain('the options must be an object');
  });

  test.each([
    ['tables', 'audit_events'],
    ['tables', ['']],
    ['tables', [1]],
    ['alone', 'yes'],
    ['migrations', ''],
    ['ledger', 'a-b'],
    ['ledger', 'a"; drop schema public'],
    ['service', 'x'.repeat(41)],
    ['missingRoles', 'ignore'],
    ['timeout', 0],
    ['timeout', '25d'],
    ['lockFile', true],
    ['cacheDir', 5],
  ])('refuses %s: %j', (key, value) => {
    const problems = readProblems(() =>
      resolveApplyOptions({ migrations: 'db', url: URL, [key]: value }, {}),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(key);
  });
});

describe('the target', () => {
  const resolve = (raw: object, env: Env) => {
    const { url, embedded } = resolvePlanOptions({ migrations: 'db', ...raw }, env);
    return { url, embedded };
  };

  test.each<[string, object, Env, object]>([
    ['none: an empty database', {}, {}, { url: null, embedded: null }],
    ['DATABASE_URL', {}, { DATABASE_URL: URL, PGHOST: 'x' }, { url: URL, embedded: null }],
    ['PG* variables', {}, { PGHOST: 'x' }, { url: '', embedded: null }],
    ['PG* variables, asked for', { url: '' }, { DATABASE_URL: URL }, { url: '', embedded: null }],
    [
      'an empty variable counts as unset',
      {},
      { DATABASE_URL: '', PGHOST: '' },
      { url: null, embedded: null },
    ],
    [
      '--embedded before DATABASE_URL',
      { embedded: 'pg' },
      { DATABASE_URL: URL },
      { url: null, embedded: 'pg' },
    ],
  ])('%s', (_, raw, env, expected) => {
    expect(resolve(raw, env)).toEqual(expected);
  });

  test('is needed for applying, and only one', () => {
    expect(readProblems(() => resolveApplyOptions({ migrations: 'db' }, {}))).toHaveLength(1);
    expect(
      readProblems(() => resolveApplyOptions({ migrations: 'db', url: URL, embedded: 'pg' }, {})),
    ).toHaveLength(1);
  });

  test('a wrong DATABASE_URL is one problem, by its name', () => {
    const problems = readProblems(() =>
      resolveApplyOptions({ migrations: 'db' }, { DATABASE_URL: 'x:hunter2' }),
    );
    expect(problems[0]).toMatch(/^DATABASE_URL /);
    expect(problems.join()).not.toContain('hunter2');
  });
});

test('the environment fills in scratch server, cache and service', () => {
  const env = { PLINTH_SCRATCH_URL: URL, PLINTH_CACHE_DIR: '/c', PLINTH_SERVICE: 'gateway' };
  expect(resolveApplyOptions({ migrations: 'db', url: URL }, env)).toMatchObject({
    scratch: URL,
    cacheDir: '/c',
    service: 'gateway',
  });
});

test.each([
  ['30s', 30_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['1.5s', 1500],
  ['1h', 3_600_000],
  [250, 250],
  ['30', null],
  ['', null],
  ['-1s', null],
  [Number.NaN, null],
  [2 ** 31, null],
  [undefined, null],
])('the duration %j is %j', (value, expected) => {
  expect(parseDuration(value)).toBe(expected);
});
