import { describe, expect, test } from 'vitest';
import { OPTION_TABLE } from '../../src/cli/option-table.js';
import { getLongName, getVariable } from '../../src/cli/options/row.js';
import type { Env } from '../../src/options.js';
import { readOptions } from './helpers/read-options.js';
import { runHere } from './helpers/run.js';

/** What `apply` says of variables that it cannot read. */
async function readProblems(env: Env, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere(['apply', ...argv], { env });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('error[OPTIONS_INVALID]');
  return stderr;
}

describe('a variable stands in for its option', () => {
  test('whatever the kind of its value', async () => {
    const env = {
      PLINTH_MIGRATIONS: 'db',
      PLINTH_FORMAT: 'goose',
      PLINTH_HISTORY: 'h',
      PLINTH_SET: 'A=1\nB=x=y, z\n',
      PLINTH_TABLES: 'a, "B,c"',
      PLINTH_ALONE: 'TRUE',
      PLINTH_DECLARED: 'a,b',
      PLINTH_SEARCH_PATH: 'app, public',
      PLINTH_PRELUDE: 'p.sql',
      PLINTH_SCRATCH_URL: 'postgres://s',
      PLINTH_ALLOW_SERVER_FILES: '1',
      PLINTH_NO_CACHE: 'true',
      PLINTH_URL: 'postgres://h',
      PLINTH_TIMEOUT: '5s',
      PLINTH_LEDGER: 'l',
      PLINTH_ALLOW_CHANGED: '0',
      PLINTH_ALLOW_OUT_OF_ORDER: 'False',
      PLINTH_SERVICE: 's',
      PLINTH_MISSING_ROLES: 'skip',
      PLINTH_WITH_PRELUDE: '1',
    };
    const { options } = await readOptions([], env);
    expect(options).toEqual({
      migrations: 'db',
      format: 'goose',
      history: 'h',
      set: { A: '1', B: 'x=y, z' },
      tables: ['a', '"B,c"'],
      alone: true,
      declared: ['a', 'b'],
      searchPath: 'app, public',
      prelude: 'p.sql',
      scratch: 'postgres://s',
      allowServerFiles: true,
      cacheDir: false,
      url: 'postgres://h',
      timeout: '5s',
      ledger: 'l',
      allowChanged: false,
      allowOutOfOrder: false,
      service: 's',
      missingRoles: 'skip',
      withPrelude: true,
    });
  });

  test('and every option has one of its own', () => {
    const variables = OPTION_TABLE.map(getVariable);
    expect(new Set(variables).size).toBe(new Set(OPTION_TABLE.map(getLongName)).size);
    for (const variable of variables) expect(variable).toMatch(/^PLINTH_[A-Z_]+$/);
  });

  test('the option wins', async () => {
    const env = { PLINTH_TABLES: 'a', PLINTH_ALONE: 'true', PLINTH_NO_CACHE: '0', PLINTH_SET: 'A=1' };
    const { options, names } = await readOptions(['--tables', 'b', '--no-cache'], env);
    expect(options).toEqual({ tables: ['b'], alone: true, cacheDir: false, set: { A: '1' } });
    expect(names).toMatchObject({ tables: '--tables', alone: 'PLINTH_ALONE' });
  });

  test('a target of the command line wins over any of the environment', async () => {
    expect((await readOptions(['--embedded', 'e'], { PLINTH_URL: 'postgres://h' })).options).toEqual({
      embedded: 'e',
    });
    expect((await readOptions(['--url', 'postgres://h'], { PLINTH_EMBEDDED: 'e' })).options).toEqual({
      url: 'postgres://h',
    });
  });

  test('--json and --verbose have one, too, of which an error takes notice', async () => {
    const { stdout, stderr } = await runHere(['apply', '-t', 'breaks'], {
      env: { PLINTH_JSON: '1', PLINTH_VERBOSE: 'true' },
    });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ type: 'error' });
    expect(stderr).toContain('run-stub');
    expect((await runHere(['tables'], { env: { PLINTH_JSON: '1' } })).stdout).toContain('plinth-tables/1');
  });
});

describe('a variable that cannot be read is named', () => {
  test('all of them at once, and no value is repeated', async () => {
    const said = await readProblems({
      PLINTH_ALONE: 'hunter2',
      PLINTH_SET: 'hunter2',
      PLINTH_NO_CACHE: 'yes',
      PLINTH_TABEL: 'hunter2',
    });
    expect(said).toContain('PLINTH_ALONE must be true, false, 1 or 0');
    expect(said).toContain('PLINTH_SET must be NAME=VALUE, one a line');
    expect(said).toContain('PLINTH_NO_CACHE must be');
    expect(said).toContain('there is no variable PLINTH_TABEL; did you mean PLINTH_TABLES?');
    expect(said).not.toContain('hunter2');
  });

  test.each(['MIGRATIONS', 'TABLES', 'DECLARED', 'URL', 'EMBEDDED', 'SERVICE'])(
    'an empty PLINTH_%s never decides what is run',
    async (name) => {
      expect(await readProblems({ [`PLINTH_${name}`]: ' ' })).toContain(`PLINTH_${name} is empty`);
    },
  );

  test('an empty one that decides nothing counts as unset', async () => {
    const env = { PLINTH_TIMEOUT: '', PLINTH_ALONE: '', PLINTH_FORMAT: '', PLINTH_SET: '', PLINTH_JSON: '' };
    expect((await readOptions([], env)).options).toEqual({});
  });

  test('what the library refuses, too, and options as they were given', async () => {
    const { plan } = await import('../../src/run.js');
    const { stderr } = await runHere(['plan', '-m', 'db', '--search-path', ' x', '--history', '!'], {
      env: { PLINTH_FORMAT: 'gose', PLINTH_TIMEOUT: 'soon', PLINTH_DECLARED: 'a,,b' },
      library: { plan },
    });
    expect(stderr).toMatch(/PLINTH_FORMAT must be one of .*; did you mean goose\?/);
    expect(stderr).toContain('PLINTH_TIMEOUT must be a time');
    expect(stderr).toContain('PLINTH_DECLARED must be a list');
    expect(stderr).toContain('--history must be');
  });
});

test('variables of others are left alone', async () => {
  // As Kubernetes sets them beside a service that is called plinth.
  const env = {
    PLINTH_PORT: 'tcp://10.0.0.1:5432',
    PLINTH_SERVICE_HOST: '10.0.0.1',
    PLINTH_SERVICE_PORT: '5432',
    PLINTH_PORT_5432_TCP: 'tcp://10.0.0.1:5432',
    PLINTH_CACHE_DIR: '/cache',
    PLINTH_HISTORIES: '/histories',
  };
  expect((await readOptions([], env)).options).toEqual({});
});
