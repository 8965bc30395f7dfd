import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { renderPath, renderSettingsProblem } from '../../src/report/settings-words.js';
import { SETTINGS_SCHEMA } from '../../src/settings/schema.js';
import { getSettingsProblems } from '../../src/settings/validate.js';

const isValid = new Ajv({ strict: true, allErrors: true, strictTypes: false }).compile(SETTINGS_SCHEMA);

const FULL = {
  $schema: './node_modules/plinth/plinth.schema.json',
  migrations: 'db/migrations',
  format: 'goose',
  set: { schema: 'app', EMPTY: '' },
  searchPath: 'app, public',
  prelude: 'db/prelude.sql',
  history: 'shop',
  services: { orders: { tables: ['orders', 'audit_*'] }, billing: { tables: ['b.i'], alone: true } },
  targets: {
    local: { embedded: '.plinth/db' },
    ci: { url: 'postgres://postgres@localhost:5432/test?sslmode=disable' },
    other: { url: 'host=db user=app' },
  },
  ledger: 'plinth',
  declared: ['orders'],
  withPrelude: false,
  missingRoles: 'create',
  scratch: 'postgresql://postgres@/postgres',
  timeout: '1.5m',
};

const render = (value: unknown): string[] =>
  getSettingsProblems(value).map(({ path, problem }) => renderSettingsProblem(renderPath(path), problem));

describe('what the schema allows', () => {
  test.each([
    {},
    FULL,
    { histories: { a: { migrations: 'a' }, b: { migrations: 'b', format: 'prisma' } }, history: 'a' },
    { histories: { a: { migrations: 'a' } }, services: { s: { tables: ['t'], history: 'a' } } },
    { services: {}, targets: {}, set: {} },
    { migrations: ['a', 'b'] },
  ])('%j is valid, for Plinth and for an editor', (value) => {
    expect(render(value)).toEqual([]);
    expect(isValid(value)).toBe(true);
  });
});

const WRONG: readonly (readonly [unknown, string])[] = [
  [null, 'the file must be an object: { … }'],
  [[], 'the file must be an object: { … }'],
  ['db', 'the file must be an object: { … }'],
  [{ migrations: '' }, 'migrations must be a text that is not empty'],
  [{ migrations: ' ' }, 'migrations must be a text that is not empty'],
  [{ migrations: 7 }, 'migrations must be a text or a list'],
  [{ migrations: [] }, 'migrations must name one at least'],
  [{ migrations: ['a', ''] }, 'migrations[1] must be a text that is not empty'],
  [{ migrations: null }, 'migrations must be a text'],
  [{ migration: 'db' }, 'there is no setting migration; did you mean migrations?'],
  [{ zzz: 1 }, 'there is no setting zzz'],
  [{ constructor: 1 }, 'there is no setting constructor'],
  [{ format: 'gose' }, 'did you mean goose?'],
  [{ format: 7 }, 'format must be one of goose, '],
  [{ set: { a: 1 } }, 'set.a must be a text'],
  [{ services: [] }, 'services must be an object: { … }'],
  [{ services: { a: {} } }, 'services.a lacks tables'],
  [{ services: { a: { tables: 'orders' } } }, 'services.a.tables must be a list'],
  [{ services: { a: { tables: [] } } }, 'services.a.tables must name one at least'],
  [{ services: { a: { tables: ['x', ''] } } }, 'services.a.tables[1] must be a text that is not empty'],
  [{ services: { a: { tables: ['x'], tabels: [] } } }, 'there is no setting services.a.tabels; did you mean'],
  [{ services: { a: { tables: ['x'], alone: 'yes' } } }, 'services.a.alone must be true or false'],
  [{ services: { 'a b': { tables: ['x'] } } }, 'the name in services["a b"] must be 1 to 40 letters'],
  [{ targets: { x: {} } }, 'targets.x must have exactly one of url, embedded, kubernetes'],
  [
    { targets: { x: { url: 'postgres://h', embedded: 'd' } } },
    'targets.x must have exactly one of url, embedded, kubernetes',
  ],
  [{ targets: { x: { url: 'localhost' } } }, 'targets.x.url must be a URL (postgres://…)'],
  [{ targets: { x: { url: '' } } }, 'targets.x.url must be a URL (postgres://…)'],
  [{ ledger: 'A-B' }, 'ledger must be a plain lower-case identifier'],
  [{ timeout: 30 }, 'timeout must be a text'],
  [{ timeout: 'soon' }, 'timeout must be a time such as 30s'],
  [{ declared: [] }, 'declared must name one at least'],
  [{ withPrelude: 'true' }, 'withPrelude must be true or false'],
  [{ missingRoles: 'creat' }, 'did you mean create?'],
  [{ histories: { a: {} } }, 'histories.a lacks migrations'],
  [{ histories: { a: { migrations: 'a', history: 'x' } } }, 'there is no setting histories.a.history'],
];

describe('what it does not', () => {
  test.each(WRONG)('%j: Plinth says what, an editor that', (value, words) => {
    expect(render(value)).toEqual([expect.stringContaining(words)]);
    expect(isValid(value)).toBe(false);
  });

  test('__proto__ is a name like any other', () => {
    expect(render(JSON.parse('{ "__proto__": { "migrations": 3 } }'))).toEqual([
      'there is no setting __proto__',
    ]);
  });

  test('all of it at once', () => {
    const value = Object.assign({}, ...WRONG.map(([each]) => each).filter((each) => !Array.isArray(each)));
    expect(render(value).length).toBeGreaterThan(10);
  });

  test.each([
    'postgres://app:hunter2@localhost/db',
    'postgresql://:hunter2@localhost/db',
    'postgres://app:hun/ter2@localhost/db',
    'postgres://app@localhost/db?password=hunter2',
    'postgres://app@localhost/db?sslmode=require&sslpassword=hunter2',
    'host=localhost password=hunter2',
    "host=localhost password = 'hunter2'",
  ])('a password in %s, without repeating it', (url) => {
    for (const value of [{ targets: { ci: { url } } }, { scratch: url }]) {
      expect(render(value)).toEqual([expect.stringContaining('PGPASSWORD or ~/.pgpass')]);
      expect(render(value).join()).not.toContain('hunter2');
      expect(isValid(value)).toBe(false);
    }
  });

  test.each([
    [
      { migrations: 'a', set: {}, histories: { a: { migrations: 'a' } } },
      [
        'migrations stands beside histories: say it of one of them',
        'set stands beside histories: say it of one of them',
      ],
    ],
    [
      { histories: { shop: { migrations: 'a' } }, history: 'shp' },
      ['history names none of the histories; did you mean shop?'],
    ],
    [
      { services: { a: { tables: ['t'], history: 'mian' } } },
      ['services.a.history names none of the histories; did you mean main?'],
    ],
  ])('what a schema cannot say: %j', (value, problems) => {
    expect(render(value)).toEqual(problems);
  });
});
