// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of Flyway
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderFinding } from '../../src/report/finding-words.js';
import { createFolder } from '../../src/sources/locations.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const render = (findings: Awaited<ReturnType<typeof readMemory>>['findings'] = []) =>
  findings.map(renderFinding);

describe("Flyway's own configuration", () => {
  test.each([
    ['flyway.conf', '# values\nflyway.placeholders.Schema=app\nflyway.placeholders.dir = C:\\data\\\\x\n'],
    ['flyway.toml', '[flyway.placeholders]\nschema = "app"\ndir = \'C:\\data\\\\x\'\n'],
  ])('%s beside the files gives placeholders their values, which --set takes over', async (name, text) => {
    const files = { [name]: text, 'V1__a.sql': "SELECT '${schema}', '${dir}', ${n};" };
    const history = await readMemory(files, { placeholders: { n: '1', dir: 'x' } });
    expect(getSql(history)).toEqual([["SELECT 'app', 'x', 1;"]]);
    expect(getPassedOver(history)).toEqual({ [name]: 'tool-metadata' });
  });

  test('gives no value that it gets elsewhere', async () => {
    const text = 'flyway.placeholders.a=${HOME}\n';
    const error = await getError({ 'flyway.conf': text, 'V1__a.sql': '-- ${a}' });
    expect(error.args).toEqual({ missing: [{ name: 'a', places: ['V1__a.sql:1'] }] });
  });

  test('names prefixes, separators and suffixes', async () => {
    const toml = `[flyway]
sqlMigrationPrefix = "M"
repeatableSqlMigrationPrefix = "Z"
sqlMigrationSeparator = "--"
sqlMigrationSuffixes = [".pgsql", ".sql"]
placeholderPrefix = "@{"
placeholderSuffix = "}@"
placeholderSeparator = "."
executeInTransaction = false
`;
    const history = await readMemory(
      {
        'flyway.toml': toml,
        'M1--a.pgsql': 'SELECT @{x}@, ${x}, @@{y}@;',
        'M2--b.SQL': "SELECT '@{flyway.filename}@';",
        'Z--c.sql': '',
        'V1__no.sql': '',
        'M2--b.SQL.conf': 'executeInTransaction=true',
      },
      { placeholders: { x: '7' } },
    );
    expect(getIds(history)).toEqual(['1', '2', 'R__c']);
    expect(history.migrations.map(({ transaction }) => transaction)).toEqual(['none', 'each', 'none']);
    expect(getSql(history).slice(0, 2)).toEqual([['SELECT 7, ${x}, @@{y}@;'], ["SELECT 'M2--b.SQL';"]]);
    expect(getPassedOver(history)['V1__no.sql']).toBe('not-a-migration-name');
  });

  test('may turn placeholders off, but for one script', async () => {
    const history = await readMemory(
      {
        'flyway.conf': 'flyway.placeholderReplacement=false',
        'V1__a.sql': "SELECT '${a}';",
        'V2__b.sql': "SELECT '${b}';",
        'V2__b.sql.conf': 'placeholderReplacement=true',
      },
      { placeholders: { b: 'x' } },
    );
    expect(getSql(history)).toEqual([["SELECT '${a}';"], ["SELECT 'x';"]]);
  });

  test('fills in what Flyway fills in itself, but for what depends on the day and the database', async () => {
    const text = "SELECT '${flyway:filename} ${flyway:table} ${flyway:defaultSchema} ${FLYWAY:Environment}';";
    expect(getSql(await readMemory({ 'V1__a.sql': text }))).toEqual([
      ["SELECT 'V1__a.sql flyway_schema_history public default';"],
    ]);
    expect(getSql(await readMemory({ 'V1__a.sql': text }, { searchPath: '"app", public' }))).toEqual([
      ["SELECT 'V1__a.sql flyway_schema_history app default';"],
    ]);
    const conf = 'flyway.table=history\nflyway.schemas=sales,x\n';
    expect(getSql(await readMemory({ 'V1__a.sql': text, 'flyway.conf': conf }))).toEqual([
      ["SELECT 'V1__a.sql history sales default';"],
    ]);
    const error = await getError({ 'R__a.sql': '-- ${flyway:timestamp} ${flyway:user}' });
    expect(error.hint).toBe('Give them: --set flyway:timestamp=VALUE --set flyway:user=VALUE');
  });

  test('is told where it says what is not followed', async () => {
    const conf =
      'flyway.initSql=SET ROLE app\nflyway.defaultSchema=app\nflyway.locations=filesystem:a,filesystem:b\n';
    const files = { 'V1__a.sql': '', 'flyway.conf': conf };
    expect(render((await readMemory(files)).findings)).toEqual([
      'flyway.conf sets initSql, which is not followed',
      'flyway.conf sets defaultSchema: give --search-path app, and have the schema there',
      'flyway.conf names 2 locations, and 1 is read: give each with --migrations',
    ]);
    expect(render((await readMemory(files, { searchPath: 'app' })).findings)).toHaveLength(2);
    expect((await readMemory({ 'V1__a.sql': '', 'flyway.conf': 'flyway.url=x' })).findings).toBeUndefined();
  });

  test('may lie in the folder around, and in one of several locations', async () => {
    const root = await mkdtemp(join(tmpdir(), 'plinth-flyway-'));
    const files = {
      'db/flyway.toml': '[flyway.placeholders]\na = "around"\nb = "around"\n',
      'db/one/V1__a.sql': 'SELECT ${a}, ${b};',
      'db/two/V2__b.sql': 'SELECT ${a};',
      'db/two/flyway.conf': 'flyway.placeholders.b=two',
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    const read = async (...names: readonly string[]) =>
      getSql(await readHistory(createFolder(names.map((name) => join(root, 'db', name)))));
    expect(await read('one')).toEqual([['SELECT around, around;']]);
    expect(await read('one', 'two')).toEqual([['SELECT around, two;'], ['SELECT around;']]);
    await rm(root, { recursive: true });
  });
});

describe("Flyway's callbacks", () => {
  test('are named where what they do is missing', async () => {
    const history = await readMemory({
      'V1__a.sql': '',
      'beforeMigrate.sql': 'SET x.y = 1;',
      'afterEachMigrate__log.sql': 'INSERT INTO log DEFAULT VALUES;',
      'afterMigrate.sql': '-- nothing\n/* to do */',
      'afterClean.sql': 'SELECT 1;',
      'afterMigrateError.sql': 'SELECT 1;',
      'afterMigrateX.sql': 'SELECT 1;',
    });
    expect(getPassedOver(history)).toEqual({
      'beforeMigrate.sql': 'callback',
      'afterEachMigrate__log.sql': 'callback',
      'afterMigrate.sql': 'callback',
      'afterClean.sql': 'callback',
      'afterMigrateError.sql': 'callback',
      'afterMigrateX.sql': 'not-a-migration-name',
    });
    expect(render(history.findings)).toEqual([
      "Flyway's callbacks are not run, so what they do is missing: afterEachMigrate__log.sql, beforeMigrate.sql (what must be there first can be given with --prelude)",
    ]);
  });

  test('alone are a folder of Flyway, with nothing in it', async () => {
    expect((await getError({ 'afterMigrate.sql': 'SELECT 1;' })).code).toBe('FOLDER_EMPTY');
  });
});
