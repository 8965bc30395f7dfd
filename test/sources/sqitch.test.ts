import { describe, expect, test } from 'vitest';
import { parseGitConfig } from '../../src/sources/sqitch/config.js';
import { getSqitchLayout } from '../../src/sources/sqitch/layout.js';
import { parseSqitchPlan } from '../../src/sources/sqitch/plan.js';
import { type Files, getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const BY = '2024-01-02T03:04:05Z Ann Example <ann@example.com>';
const renderPlan = (...lines: string[]): string =>
  ['%syntax-version=1.0.0', '%project=shop', '', ...lines.map((line) => `${line} ${BY}`)].join('\n');
const getProblems = (...lines: string[]) => parseSqitchPlan(renderPlan(...lines)).problems;

describe('a plan', () => {
  test('is its changes in order, with the tags that may name the script of a reworked one', () => {
    const { changes, problems } = parseSqitchPlan(
      renderPlan('a', 'b', '@v1', '@v1b', 'a [a@v1 b]', '@v2', 'c', '@v3', 'a [@v3]', '-b [b@v1]'),
    );
    expect(problems).toEqual([]);
    expect(changes.map(({ name, reworks, reworkTags }) => [name, reworks, ...reworkTags])).toEqual([
      ['a', 0, 'v1', 'v1b'],
      ['b', 0, 'v3', 'v2', 'v1', 'v1b'],
      ['a', 1, 'v3', 'v2'],
      ['c', 0],
      ['a', 2],
      ['b', 1],
    ]);
  });

  test.each([
    ['a change without a tag between', ['a', 'a'], [5, 'a is there twice']],
    ['a tag twice', ['a', '@t', '@t'], [6, '@t is there twice']],
    ['a tag first', ['@t'], [4, '@t stands before']],
    ['a need that comes later', ['a [b]', 'b'], [4, 'a needs b']],
    ['a need of itself', ['a [a]'], [4, 'a needs a']],
    ['a need of an unknown tag', ['a', 'b [a@t]'], [5, 'b needs a@t']],
    ['a need of a change that came after its tag', ['a', '@t', 'b', 'c [b@t]'], [7, 'c needs b@t']],
    ['a name with a colon', ['a:b'], [4, 'no change and no tag']],
    ['a pragma too late', ['a', '%uri=x'], [5, 'a pragma must stand']],
  ] as const)('with %s is refused', (_, lines, [line, words]) => {
    const problems = getProblems(...lines);
    expect(problems.map((problem) => problem.line)).toEqual([line]);
    expect(problems[0]!.problem).toContain(words);
  });

  test('without a project, or an empty line behind the pragmas, is refused', () => {
    expect(parseSqitchPlan(`\na ${BY}`).problems).toEqual([
      { line: 1, problem: 'there is no %project pragma' },
    ]);
    expect(parseSqitchPlan(`%project=a\nb ${BY}\n`).problems.map(({ line }) => line)).toEqual([2]);
    expect(parseSqitchPlan('%project=a\n\nb\n').problems).toEqual([
      { line: 3, problem: 'the time or the planner is missing' },
    ]);
  });
});

describe('the configuration', () => {
  test('is read as git reads it', () => {
    const config = parseGitConfig(
      '[core] engine = mysql ; no\n[Core]\n\tTop_Dir = "a \\"b\\" # c" # d\n[engine "pg.variables"]\nMixedCase = x  y\\\n z\nflag\nflag = off\n',
    );
    expect(config.get('core.engine')).toBe('mysql');
    expect(config.get('core.top_dir')).toBe('a "b" # c');
    expect(config.getSection('engine.pg.variables')).toEqual({ MixedCase: 'x  y z', flag: 'off' });
  });

  test('says where scripts are: the target first, then the engine, then the core', () => {
    const layout = getSqitchLayout(
      parseGitConfig(`[core]
top_dir = core
deploy_dir = core/up
extension = ddl
[engine "pg"]
target = test
top_dir = ./pg
[target "test"]
uri = db:pg:x
plan_file = plans/test.plan
reworked_dir = old`),
    );
    expect(layout).toMatchObject({
      plan: 'plans/test.plan',
      deploy: 'core/up',
      revert: 'pg/revert',
      verify: 'pg/verify',
      reworked: { deploy: 'old/deploy', revert: 'old/revert', verify: 'old/verify' },
      extension: 'ddl',
      otherEngine: null,
    });
    expect(getSqitchLayout(parseGitConfig(''))).toMatchObject({
      plan: 'sqitch.plan',
      deploy: 'deploy',
      reworked: { deploy: 'deploy' },
      variables: { registry: 'sqitch' },
    });
  });

  test.each([
    ['[core]\nengine = mysql', 'mysql'],
    ['[core]\ntarget = db:sqlite:x', 'sqlite'],
    ['[core]\nengine = pg', null],
    ['[core]\ntarget = db:postgres://h/x', null],
    ['[core]\nengine = sqlite\n[engine "pg"]', null],
  ])('names another engine or none: %j', (text, engine) => {
    expect(getSqitchLayout(parseGitConfig(text)).otherEngine).toBe(engine);
  });
});

describe('sqitch', () => {
  const files: Files = {
    'sqitch.plan': renderPlan('a', '@v1', 'b', 'a'),
    'deploy/a@v1.sql': "select :'x', :'registry';",
    'deploy/a.sql': 'select 2;',
    'deploy/b.sql': 'select 3;',
    'test/pgtap.sql': 'select 4;',
  };

  test('takes the values of --set before those of the configuration', async () => {
    const config = { 'sqitch.conf': '[deploy "variables"]\nx = deploy\n[engine "pg.variables"]\nX = other' };
    const history = await readMemory({ ...files, ...config }, { placeholders: { registry: 'meta' } });
    expect(history.format).toBe('sqitch');
    expect(getIds(history)).toEqual(['a', 'b', 'a#2']);
    expect(getSql(history)[0]).toEqual(["select 'deploy', 'meta';"]);
    expect(getPassedOver(history)).toEqual({
      'sqitch.conf': 'tool-metadata',
      'sqitch.plan': 'tool-metadata',
      'test/pgtap.sql': 'not-a-migration-name',
    });
  });

  test('a change that is reworked later keeps its id', async () => {
    const { 'deploy/a@v1.sql': first, ...rest } = files;
    const before = await readMemory(
      {
        ...rest,
        'sqitch.plan': renderPlan('a', '@v1', 'b'),
        'deploy/a.sql': first!,
      },
      { placeholders: { x: '' } },
    );
    const after = await readMemory(files, { placeholders: { x: '' } });
    expect(before.migrations.map(({ id, text }) => [id, text])).toEqual(
      after.migrations.slice(0, 2).map(({ id, text }) => [id, text]),
    );
  });

  test('tells missing scripts, another engine, variables without a value and what is wrong with the plan at once', async () => {
    const error = await getError({
      'sqitch.conf': '[core]\nengine = oracle',
      'sqitch.plan': renderPlan('a', '@v1', 'c [d]', 'a'),
      'deploy/a.sql': "select :'y';",
    });
    expect(error.code).toBe('INPUT_INVALID');
    for (const words of [
      'sqitch.conf: the engine is "oracle"',
      'sqitch.plan:6: c needs d',
      'deploy/a@v1.sql: the change a (sqitch.plan:4) has no such script',
      'deploy/c.sql: the change c (sqitch.plan:6) has no such script',
      '--set y=VALUE',
    ]) {
      expect(error.message).toContain(words);
    }
  });

  test('is not taken for anything else where its plan lies below', async () => {
    expect((await getError({ 'db/sqitch.plan': '', 'db/deploy/a.sql': '' })).code).toBe('FORMAT_UNKNOWN');
  });
});
