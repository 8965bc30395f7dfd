import { expect, test } from 'vitest';
import { getShards } from '../../src/cluster/fleet/shard.js';
import { isPlinthError } from '../../src/errors.js';
import { getTargetName } from '../../src/model/fleet.js';
import { type FleetOptions, getAmount, resolveFleetOptions } from '../../src/options.js';
import { parseList } from '../../src/run/fleet/parse-list.js';
import { getNamedTargets, resolveEntries } from '../../src/run/fleet/resolve-entries.js';

const DEFAULTS = { namespace: 'fleets', port: null, user: 'app', password: { name: 'pg', key: 'password' } };

/** The names of a list's databases, and what is wrong with it as `LINE: WORDS`. */
function read(text: string, defaults = DEFAULTS) {
  const parsed = parseList(text, 'uri');
  const problems = [...parsed.problems];
  const targets = getNamedTargets(resolveEntries(parsed.entries, defaults, problems), problems);
  return {
    names: targets.map(getTargetName),
    problems: problems.map(({ line, message }) => `${line}: ${message}`),
  };
}

test('a list of lines names databases of services and Secrets', () => {
  const text = `# tenants
shop/postgres/tenant_1   # the first
postgres:5433/tenant_2

other/secret:tenant-7/url
secret:tenant-8
`;
  expect(read(text)).toEqual({
    names: [
      'shop/postgres/tenant_1',
      'fleets/postgres:5433/tenant_2',
      'other/secret:tenant-7/url',
      'fleets/secret:tenant-8/uri',
    ],
    problems: [],
  });
});

test.each([
  [
    'YAML',
    'defaults:\n  namespace: shop\n  service: postgres\ntargets:\n  - database: a\n  - b/c/d\n  - urlSecret: s/k\n',
  ],
  [
    'JSON',
    '{"defaults": {"namespace": "shop", "service": "postgres"}, "targets": [{"database": "a"}, "b/c/d", {"urlSecret": "s/k"}]}',
  ],
])('a list in %s has defaults', (_, text) => {
  expect(read(text)).toEqual({ names: ['shop/postgres/a', 'b/c/d', 'shop/secret:s/k'], problems: [] });
});

test('all that is wrong with a list is told, with its lines', () => {
  const text = `targets:
  - service: postgres
    database: a
  - service: postgres
    databse: b
  - fleets/postgres/a
  - service: Postgres
    database: c
    port: "5432"
  - service: postgres
    database: d
    urlSecret: s/k
  - what is this
  - 7
`;
  expect(read(text).problems.sort()).toEqual([
    '10: urlSecret, or service and database: not both',
    expect.stringMatching(/^13: "what is this" is not NAMESPACE\/SERVICE\/DATABASE/),
    '4: no database of service postgres',
    '4: unknown key databse; did you mean database?',
    '6: fleets/postgres/a stands in line 2, too',
    '7: neither urlSecret nor service and database',
    '7: port must be a port number',
    '7: service must be the name of a service',
    expect.stringMatching(/^null: "7" is not /),
  ]);
});

test('no URL is told, as it may hold a password', () => {
  const { problems } = read('postgres://app:secret@host/db\n');
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('1: a URL (put it into a Secret');
  expect(problems[0]).not.toContain('secret@');
});

test('a list without any password, and YAML that is none, say what to do', () => {
  expect(read('postgres/a\n', { ...DEFAULTS, password: null as never }).problems[0]).toContain(
    '--password-secret NAME/KEY',
  );
  expect(read('targets: [a\n').problems[0]).toMatch(/^\d: it cannot be read as YAML/);
  expect(read('targets: {}\n').problems[0]).toContain('it must be a list of databases');
});

test('databases are divided evenly, and in order', () => {
  const targets = Array.from({ length: 501 }, (_, i) => ({ name: String(i) }) as never);
  const shards = getShards(targets, 250);
  expect(shards.map(({ length }) => length)).toEqual([167, 167, 167]);
  expect(shards.flat()).toEqual(targets);
});

test('options that are wrong are told together', () => {
  const options = {
    migrations: 'db',
    canary: '3x',
    maxFailures: '101%',
    parallelism: '0',
    perPod: 251,
    targets: 'list.txt',
    selector: 'a=b',
  } as unknown as FleetOptions;
  const getProblems = (): readonly string[] => {
    try {
      resolveFleetOptions(options, {});
    } catch (error) {
      if (isPlinthError(error) && error.code === 'OPTIONS_INVALID')
        return (error.args as { problems: readonly string[] }).problems;
    }
    return [];
  };
  expect(getProblems()).toEqual([
    expect.stringContaining('no image'),
    expect.stringContaining('one list of databases only'),
    expect.stringContaining('parallelism must be a number from 1 to 1000'),
    expect.stringContaining('perPod must be a number from 1 to 250'),
    expect.stringContaining('canary must be a number, or a share'),
    expect.stringContaining('maxFailures must be a number, or a share'),
  ]);
});

test('a share of some databases is one at least', () => {
  expect([getAmount({ percent: 2 }, 500), getAmount({ percent: 2 }, 10), getAmount({ count: 3 }, 1)]).toEqual(
    [10, 1, 3],
  );
});
