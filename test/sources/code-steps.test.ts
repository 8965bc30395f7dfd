import { describe, expect, test } from 'vitest';
import { getCodeStepsBefore } from '../../src/model/history.js';
import { type Files, getPassedOver, readMemory } from './memory.js';

/** The migrations with the steps in code at their places, these in parentheses. */
async function getOrder(files: Files): Promise<string[]> {
  const { migrations, codeSteps } = await readMemory(files);
  const getSteps = (ordinal: number) =>
    codeSteps.filter(({ before }) => before === ordinal).map(({ name }) => `(${name})`);
  return [
    ...migrations.flatMap(({ name, ordinal }) => [...getSteps(ordinal), name]),
    ...getSteps(migrations.length),
  ];
}

const UP = '-- +goose Up\n';

describe('a step in code has its place among the migrations', () => {
  test.each<[string, Files, string[]]>([
    [
      'where its tool runs it: goose, by number',
      { '1_a.sql': UP, '2_b.go': '', '03_c.sql': UP, '10_d.go': '', '10_d_test.go': '' },
      ['1_a.sql', '(2_b.go)', '03_c.sql', '(10_d.go)'],
    ],
    [
      'where its tool runs it: Flyway, by version',
      {
        'V1__a.sql': '',
        'java/V1_5__b.java': '',
        'V1.10__c.sql': '',
        'java/V1_6__d.class': '',
        'V2__e.py': '',
      },
      ['V1__a.sql', '(java/V1_5__b.java)', '(java/V1_6__d.class)', 'V1.10__c.sql', '(V2__e.py)'],
    ],
    [
      'before the first',
      { '1_a.ts': '', '002_b.sql': '', '10_c.mjs': '', '9_d.rb': '', '11_e.sql': '' },
      ['(1_a.ts)', '002_b.sql', '(9_d.rb)', '(10_c.mjs)', '11_e.sql'],
    ],
    [
      'after the SQL of its own folder',
      {
        'migration_lock.toml': 'provider = "postgresql"',
        '1_a/migration.sql': '',
        '1_a/data-migration.ts': '',
        '2_b/migration.ts': '',
        '2_b/types.ts': '',
        '3_c/migration.sql': '',
      },
      ['1_a/migration.sql', '(1_a/data-migration.ts)', '(2_b/migration.ts)', '3_c/migration.sql'],
    ],
    [
      'with the journal that does not name it',
      {
        'meta/_journal.json': JSON.stringify({
          dialect: 'postgresql',
          entries: [{ tag: '0000_a' }, { tag: '0002_c' }],
        }),
        '0000_a.sql': '',
        '0001_b.ts': '',
        '0002_c.sql': '',
      },
      ['0000_a.sql', '(0001_b.ts)', '0002_c.sql'],
    ],
    [
      'beside files that count up',
      { '1_a.up.sql': '', '1_a.down.sql': '', '2_b.up.py': '', '2_b.down.py': '', '3_c.up.sql': '' },
      ['1_a.up.sql', '(2_b.up.py)', '3_c.up.sql'],
    ],
  ])('%s', async (_, files, order) => {
    expect(await getOrder(files)).toEqual(order);
  });

  test('and is passed over as one, while helpers, tests and ways back are no steps', async () => {
    const history = await readMemory({
      '1_a.sql': '',
      '2_b.ts': '',
      '2_b.test.ts': '',
      '2_b.d.ts': '',
      'V2__b$1.class': '',
      '2_b.down.ts': '',
      'helpers.ts': '',
      '3_c/run.sh': '',
      '3_c/helpers.sh': '',
    });
    expect(getPassedOver(history)).toEqual({
      '2_b.ts': 'code-step',
      '2_b.test.ts': 'not-sql',
      '2_b.d.ts': 'not-sql',
      'V2__b$1.class': 'not-sql',
      '2_b.down.ts': 'down-migration',
      'helpers.ts': 'not-sql',
      '3_c/run.sh': 'code-step',
      '3_c/helpers.sh': 'not-sql',
    });
    expect(history.codeSteps.map(({ name }) => name)).toEqual(['2_b.ts', '3_c/run.sh']);
  });

  test('and stands before every later migration', () => {
    const codeSteps = [
      { name: 'a.go', before: 0 },
      { name: 'b.go', before: 2 },
    ];
    expect([0, 1, 2].map((ordinal) => getCodeStepsBefore({ codeSteps }, ordinal))).toEqual([
      ['a.go'],
      ['a.go'],
      ['a.go', 'b.go'],
    ]);
  });
});
