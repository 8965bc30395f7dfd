import { describe, expect, test } from 'vitest';
import { EXIT_CODES, getExitCode } from '../../src/cli/exit-codes.js';
import { OPTION_TABLE } from '../../src/cli/option-table.js';
import { parseNames, parsePair } from '../../src/cli/values.js';
import { PlinthError } from '../../src/errors.js';
import { readOptions } from './helpers/read-options.js';
import { runHere } from './helpers/run.js';

describe('the command line', () => {
  test('hands over only what was given', async () => {
    expect((await readOptions([])).options).toEqual({});
    expect((await readOptions(['-m', 'db', '--tables', 'a,b', '-t', 'c'])).options).toEqual({
      migrations: 'db',
      tables: ['a', 'b', 'c'],
    });
  });

  test('takes several locations', async () => {
    expect((await readOptions(['-m', 'a', '--migrations', 'b'])).options).toEqual({ migrations: ['a', 'b'] });
    expect((await readOptions([], { PLINTH_MIGRATIONS: 'a\nb\n' })).options).toEqual({
      migrations: ['a', 'b'],
    });
  });

  test('knows every option of the library', async () => {
    const argv =
      '-m db -f goose --history h --set A=1 --set B=x=y --tables a --alone --declared a,b --search-path app ' +
      '--prelude p.sql --scratch postgres://s --allow-server-files --no-cache --url postgres://h --embedded e ' +
      '--timeout 5s --ledger l --allow-changed --allow-out-of-order --service s --missing-roles skip --with-prelude';
    expect((await readOptions(argv.split(' '))).options).toEqual({
      migrations: 'db',
      format: 'goose',
      history: 'h',
      set: { A: '1', B: 'x=y' },
      tables: ['a'],
      alone: true,
      declared: ['a', 'b'],
      searchPath: 'app',
      prelude: 'p.sql',
      scratch: 'postgres://s',
      allowServerFiles: true,
      cacheDir: false,
      url: 'postgres://h',
      embedded: 'e',
      timeout: '5s',
      ledger: 'l',
      allowChanged: true,
      allowOutOfOrder: true,
      service: 's',
      missingRoles: 'skip',
      withPrelude: true,
    });
  });

  test('plan takes the command line of apply', async () => {
    const argv = ['plan', '-m', 'db', '--service', 's', '--missing-roles', 'skip', '--with-prelude'];
    expect((await runHere(argv)).code).toBe(0);
  });

  test.each([
    [['apply', '--tabels', 'a'], '--tables'],
    [['aply'], 'did you mean apply?'],
    [['help', 'aply'], 'did you mean apply?'],
    [['help', 'cache', 'cler'], 'did you mean clear?'],
    [['cache', 'cler'], 'did you mean clear?'],
    [['cache', 'clear', '--jsn'], 'did you mean --json?'],
    [['apply', 'hunter2'], 'tables are named with --tables'],
    [['cache', 'clear', 'hunter2'], 'cache clear takes no such argument'],
    [['apply', '--set', 'hunter2'], '--set'],
    [['apply', '--url', ''], '--url'],
    [['apply', '--url'], '--url'],
  ])('%j is refused with advice', async (argv, word) => {
    const { code, stdout, stderr } = await runHere(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('OPTIONS_INVALID');
    expect(stderr).toContain(word);
    expect(stderr).not.toContain('hunter2');
  });

  test('empty table names stay, so that the options refuse them', async () => {
    expect((await readOptions(['--tables', ''])).options).toEqual({ tables: [''] });
    expect([parseNames('a, b'), parseNames('a,'), parseNames('"x,y".z,b'), parseNames('a')]).toEqual([
      ['a', 'b'],
      ['a', ''],
      ['"x,y".z', 'b'],
      ['a'],
    ]);
    expect([parsePair('=x'), parsePair('x')]).toEqual([null, null]);
  });
});

describe('manifest', () => {
  test('prints YAML, or a List as JSON', async () => {
    expect(await runHere(['manifest', 'job'])).toEqual({ code: 0, stdout: 'kind: job\n', stderr: '' });
    const { stdout } = await runHere(['manifest', 'wait', '--json']);
    expect(JSON.parse(stdout)).toEqual({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'wait' }] });
  });

  test('of nothing says which there are', async () => {
    const { code, stderr } = await runHere(['manifest']);
    expect(code).toBe(2);
    expect(stderr).toContain('plinth manifest job, or plinth manifest wait');
  });
});

describe('fleet', () => {
  test('prints what became of each database, and what to do; some failed is an exit code', async () => {
    const { code, stdout } = await runHere(['fleet']);
    expect(code).toBe(12);
    expect(stdout).toBe(`shop/postgres/one  applied  3 statements, 40 ms
shop/postgres/two  failed  READ_ONLY: it is read-only
    hint: Turn it off.
2 databases: 1 applied, 1 failed (900 ms).
Mend what failed, and run the same again: it asks only those that are left.
`);
  });

  test('prints the report as the last line of NDJSON', async () => {
    const { stdout } = await runHere(['fleet', '--json']);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
    expect(last).toMatchObject({
      format: 'plinth-events/1',
      type: 'fleet',
      report: { counts: { failed: 1 } },
    });
  });

  test('work tells what became of each database of a pod, and is nobody else’s', async () => {
    const argv = ['fleet', 'work', '--namespace', 'shop', '--shards', 'job'];
    const { code, stdout } = await runHere(argv, { env: { JOB_COMPLETION_INDEX: '3' } });
    expect(code).toBe(12);
    expect(stdout).toContain('shop/postgres/one  applied 3 statements\n');
    expect((await runHere(argv)).stderr).toContain('say plinth fleet');
    expect((await runHere(['fleet', '--help'])).stdout).not.toContain('work');
  });

  test('--print-rights prints nothing but them', async () => {
    expect(await runHere(['fleet', '--print-rights'])).toEqual({
      code: 0,
      stdout: 'kind: Role\n',
      stderr: '',
    });
  });
});

describe('help', () => {
  test.each([
    'plan',
    'apply',
    'verify',
    'wait',
    'prove',
    'tables',
    'report',
    'manifest',
    'fleet',
    'cache',
  ] as const)('%s lists its options and examples', async (name) => {
    const { code, stdout, stderr } = await runHere([name, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`plinth ${name}`);
    expect(stdout).toContain('Examples:');
    for (const row of OPTION_TABLE) {
      const isShown = OPTION_TABLE.some(
        ({ flags, commands, hiddenIn }) =>
          flags === row.flags && commands.includes(name) && hiddenIn?.includes(name) !== true,
      );
      expect(stdout.includes(`${row.flags} `) || stdout.includes(`${row.flags}\n`)).toBe(isShown);
    }
  });

  test('has of manifest job and manifest wait what is for the one alone', async () => {
    const [job, wait] = await Promise.all(
      ['job', 'wait'].map(async (what) => (await runHere(['manifest', what, '--help'])).stdout),
    );
    expect([job!.includes('--style <how>'), job!.includes('--consumer')]).toEqual([true, false]);
    expect([wait!.includes('--style <how>'), wait!.includes('--consumer')]).toEqual([false, true]);
  });

  test('lists every exit code', async () => {
    const { stdout } = await runHere(['--help']);
    for (const [code, text] of Object.entries(EXIT_CODES)) expect(stdout).toContain(`${code}  ${text}`);
  });

  test('names itself as kubectl does', async () => {
    const { stdout } = await runHere(['help', 'apply'], { name: 'kubectl plinth' });
    expect(stdout).toContain('kubectl plinth apply -m');
  });

  test('of nothing is an error, on stderr', async () => {
    const { code, stdout, stderr } = await runHere([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage:');
  });

  test('has the version', async () => {
    expect(await runHere(['-V'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  });
});

describe('data goes to stdout, talk to stderr', () => {
  test('plan', async () => {
    const { code, stdout } = await runHere(['plan', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'plinth-plan/1' });
    expect((await runHere(['plan'])).stdout).toContain('trigger trg_set_date');
  });

  test('apply: lines of events, the last one is the result', async () => {
    const { stdout, stderr } = await runHere(['apply', '--json']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { format: string; type: string });
    expect(lines.map(({ type }) => type)).toEqual(['migration-started', 'migration-applied', 'finished']);
    expect(new Set(lines.map(({ format }) => format))).toEqual(new Set(['plinth-events/1']));
    expect(stderr).toBe('');
  });

  test('apply, for people', async () => {
    const { stdout, stderr } = await runHere(['apply']);
    expect(stdout).toMatch(/^Applied 1 statement/);
    expect(stderr).toContain('001.sql');
  });

  test('a failure: the last line is the error, and people are told on stderr', async () => {
    const { code, stdout, stderr } = await runHere(['apply', '--json', '-t', 'fails']);
    expect(code).toBe(5);
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      type: 'error',
      code: 'MIGRATION_FAILED',
    });
    expect(stderr).toContain('MIGRATION_FAILED');
  });

  test('what nobody expected', async () => {
    const { code, stdout, stderr } = await runHere(['apply', '-t', 'breaks', '--verbose']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('run-stub');
    expect(stderr).not.toContain('hunter2');
  });

  test.each([
    [['tables'], 'public.audit_events  74\napp.t                 5\n'],
    [['cache', 'clear'], 'Removed 1 observation.\n'],
  ])('%j', async (argv, expected) => {
    expect(await runHere(argv)).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  test.each([
    [['tables', '--json'], 'plinth-tables/1'],
    [['cache', '--json'], 'plinth-cache/1'],
    [['cache', 'clear', '--json'], 'plinth-cache/1'],
    [['prove', '--json'], 'plinth-events/1'],
  ])('%j is versioned', async (argv, format) => {
    expect(JSON.parse((await runHere(argv)).stdout)).toMatchObject({ format });
  });
});

test('errors have the exit code of their kind', () => {
  expect(getExitCode(new PlinthError('TABLE_EXISTS', { tables: ['t'] }))).toBe(6);
  expect(getExitCode(new PlinthError('ABORTED', { phase: 'x' }))).toBe(130);
  expect(getExitCode(new Error('x'))).toBe(1);
});
