import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSystemBinaries, startSystemServer } from '../../scripts/histories/system-server.js';
import { apply, isPlinthError, type PlinthError, type RunEvent } from '../../src/index.js';
import type { SourcePlace } from '../../src/model/finding.js';
import { resolveHistoryOptions } from '../../src/options.js';
import { renderErrorText } from '../../src/report/error-text.js';
import { createSpotPlace } from '../../src/run/failure-places.js';
import { getObservation, prepare } from '../../src/run/prepare.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());

const RAISES = `CREATE FUNCTION checked(a integer, b text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  ‹1›RAISE EXCEPTION 'not so';
END $$;`;
const BUILDS = `DO $$
BEGIN
  ‹1›EXECUTE format('ALTER TABLE %I ADD COLUMN é int, ADD nope', 'é😀');
END $$;`;

type Story = readonly [title: string, files: readonly string[], within: string | undefined];

/** Each file has its expected places as ‹1› (innermost), ‹2› …; the SQL that PostgreSQL tells where it stands in none. */
const STORIES = (
  [
    ['a plain statement', ['CREATE TABLE a (x int);\nINSERT INTO a\n  SELECT ‹1›nope;']],
    [
      'a statement without a position',
      ['CREATE TABLE a (x int NOT NULL);\n\n  ‹1›INSERT INTO a VALUES (NULL);'],
    ],
    ['RAISE in a DO block', ["DO $$\nBEGIN\n  ‹1›RAISE EXCEPTION 'boom';\nEND $$;"], 'DO block'],
    ['a DO block on one line', ["SELECT 1;\nDO $$ ‹1›BEGIN RAISE EXCEPTION 'boom'; END $$;"], 'DO block'],
    ['a query in a DO block', ['DO $$\nBEGIN\n  INSERT INTO ‹1›nope\n  VALUES (1);\nEND $$;'], 'DO block'],
    [
      'a query that fails while it runs, behind others of its line',
      [
        'CREATE TABLE a (x int NOT NULL);\nDO $x$ BEGIN\n  NULL; NULL; ‹1›INSERT INTO a VALUES (NULL);\nEND $x$',
      ],
      'DO block',
    ],
    ['an assignment', ['DO $$\nDECLARE\n  x int;\nBEGIN\n  ‹1›x := 1 / 0;\nEND $$;'], 'DO block'],
    [
      'an unknown function in an assignment',
      ['DO $$\nDECLARE\n  x int;\nBEGIN\n  x := ‹1›nope(1);\nEND $$;'],
      'DO block',
    ],
    ['PERFORM', ['DO $$\nBEGIN\n  PERFORM ‹1›nope(2);\nEND $$;'], 'DO block'],
    ['PERFORM that fails while it runs', ['DO $$\nBEGIN\n  ‹1›PERFORM 1 / 0;\nEND $$;'], 'DO block'],
    ['a condition', ['DO $$\nBEGIN\n  IF ‹1›nope.x > 1 THEN NULL; END IF;\nEND $$;'], 'DO block'],
    [
      'a loop',
      ['DO $$\nDECLARE r record;\nBEGIN\n  FOR r IN SELECT * FROM ‹1›nope LOOP NULL; END LOOP;\nEND $$;'],
      'DO block',
    ],
    ['a declaration', ['DO $$\nDECLARE\n  a int := ‹1›1 / 0;\nBEGIN\n  NULL;\nEND $$;'], 'DO block'],
    ['a body that does not parse', ['DO $$\nBEGIN\n  ‹1›SELEC 1;\nEND $$;']],
    [
      'a function’s body that does not parse',
      ["CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS '\nBEGIN\n  ‹1›y := ''1'';\nEND ';"],
    ],
    ['EXECUTE of a text that was built', [`CREATE TABLE "é😀" ();\n${BUILDS}`], 'DO block'],
    [
      'EXECUTE of a text that stands in the file',
      ["DO $$\nBEGIN\n  EXECUTE 'CREATE TABLE t (a ‹1›nope)';\nEND $$;"],
      'DO block',
    ],
    [
      'characters beyond the BMP',
      ['DO $$\nBEGIN\n  -- é😀\n  INSERT INTO ‹1›"é😀" VALUES (1);\nEND $$;'],
      'DO block',
    ],
    [
      'quotes that stand twice',
      ["DO '\nBEGIN\n  PERFORM ''a'', ''b'', ‹1›nope(''é😀'');\nEND ';"],
      'DO block',
    ],
    ['lines that end in CRLF', ["DO $$\r\nBEGIN\r\n  ‹1›RAISE EXCEPTION 'boom';\r\nEND $$;\r\n"], 'DO block'],
    [
      'functions of other files that call each other',
      [
        `${RAISES}\nCREATE FUNCTION checked(a integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;`,
        "CREATE FUNCTION outer_f() RETURNS void LANGUAGE plpgsql AS $body$\nBEGIN\n\n  ‹2›PERFORM checked(1, '{}');\nEND $body$;",
        'DO $$\nBEGIN\n  ‹3›PERFORM outer_f();\nEND $$;',
      ],
      'function checked(integer, text[])',
    ],
    [
      'the function as it was last replaced before',
      [
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'old'; END $$;",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  ‹1›RAISE 'new';\nEND $$;",
        '‹2›SELECT f();',
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'later'; END $$;",
      ],
      'function f()',
    ],
    [
      'a trigger',
      [
        'CREATE TABLE t (a int);\nCREATE FUNCTION tg() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  ‹1›NEW.b := 1;\n  RETURN NEW;\nEND $$;\nCREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tg();',
        'SELECT 1;\n‹2›INSERT INTO t VALUES (1);',
      ],
      'function tg()',
    ],
    [
      'a function that calls itself',
      [
        "CREATE FUNCTION rec(n int) RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  IF n = 0 THEN\n    ‹1›RAISE 'deep';\n  END IF;\n  RETURN ‹2›rec(n - 1);\nEND $$;",
        '‹3›SELECT rec(3);',
      ],
      'function rec(integer)',
    ],
    [
      'a function of a schema, with a name that needs quotes',
      [
        'CREATE SCHEMA "My S";\nCREATE FUNCTION "My S"."F g"("A b" varchar, OUT x int) LANGUAGE plpgsql AS $$\nBEGIN\n  ‹1›x := 1 / 0;\nEND $$;',
        `‹2›SELECT "My S"."F g"('a');`,
      ],
      'function My S.F g(character varying)',
    ],
    [
      'a procedure',
      [
        'CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS $$\nBEGIN\n  ‹1›a := a / 0;\nEND $$;',
        '‹2›CALL p(1);',
      ],
      'function p(integer)',
    ],
    [
      'a CHECK that calls a function',
      [
        "CREATE FUNCTION ok(a int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$\nBEGIN\n  ‹1›RAISE 'not ok';\nEND $$;\nCREATE TABLE ct (a int CHECK (ok(a)));",
        '‹2›INSERT INTO ct VALUES (1);',
      ],
      'function ok(integer)',
    ],
    [
      'a SQL function of one statement',
      [
        'CREATE FUNCTION s(a int) RETURNS int LANGUAGE sql AS $$\n  -- é\n  ‹1›SELECT 1 / a;\n$$;',
        '‹2›SELECT s(0);',
      ],
      'function s()',
    ],
    [
      'the second statement of a SQL function with its body in SQL',
      [
        'CREATE FUNCTION s(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n  SELECT CASE a WHEN 1 THEN 2 END;\n  ‹1›SELECT 1 / a;\nEND;',
        '‹2›SELECT s(0);',
      ],
      'function s()',
    ],
    [
      'a SQL function that was not checked when it was made',
      [
        'SET check_function_bodies = off;\nCREATE FUNCTION s() RETURNS int LANGUAGE sql AS $$\n SELECT 1;\n SELECT x FROM ‹1›nope;\n$$;\n‹2›SELECT s();',
      ],
      'function s()',
    ],
    [
      'an error that was caught and raised again',
      [
        "DO $$\nBEGIN\n  BEGIN\n    PERFORM 1/0;\n  EXCEPTION WHEN OTHERS THEN\n    ‹1›RAISE EXCEPTION 'wrapped: %', SQLERRM;\n  END;\nEND $$;",
      ],
      'DO block',
    ],
    [
      'a function that history does not hold',
      ["‹1›SELECT pg_catalog.pg_relation_size('nope'::text::regclass);"],
    ],
  ] satisfies readonly (readonly [string, readonly string[], string?])[]
).map(([title, files, within]): Story => [title, files, within]);

interface Expected {
  readonly files: Readonly<Record<string, string>>;
  readonly places: readonly string[];
}

/** Takes the marks out of the files, and tells which places they stand for. */
function readMarks(texts: readonly string[]): Expected {
  const places: string[] = [];
  const files = texts.map((text, at) => {
    for (let mark = /‹(\d)›/.exec(text); mark !== null; mark = /‹(\d)›/.exec(text)) {
      const before = text.slice(0, mark.index);
      const lines = before.split('\n');
      places[Number(mark[1]) - 1] = `${at + 1}.sql:${lines.length}:${[...lines.at(-1)!].length + 1}`;
      text = before + text.slice(mark.index + mark[0].length);
    }
    return [`${at + 1}.sql`, text] as const;
  });
  return { files: Object.fromEntries(files), places };
}

const render = ({ file, line, column }: SourcePlace): string => `${file}:${line}:${column}`;

async function getFailure(url: string, migrations: string): Promise<PlinthError> {
  try {
    await apply({ migrations, format: 'plain', url, cacheDir: false });
  } catch (error) {
    if (isPlinthError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const systemBinaries = findSystemBinaries();
const SERVERS = ['embedded', ...(systemBinaries === null ? [] : ['system'])] as const;

describe.each(SERVERS)('on the %s server, an error points into the file', (kind) => {
  let getUrl: () => Promise<string>;
  let stop = (): void => {};
  beforeAll(() => {
    if (kind === 'embedded') {
      getUrl = () => server.createDatabase();
      return;
    }
    const system = startSystemServer(systemBinaries!);
    stop = system.stop;
    let count = 0;
    getUrl = async () => {
      count += 1;
      await system.runPsql('postgres', ['-c', `create database d${count}`]);
      return system.getUrl(`d${count}`);
    };
  });
  afterAll(() => stop());

  test.each(STORIES)('%s', async (_, texts, within) => {
    const { files, places } = readMarks(texts);
    const migrations = await server.createFolder(files);
    const error = await getFailure(await getUrl(), migrations);
    expect(error.code, error.message).toBe('MIGRATION_FAILED');
    expect([error.place!, ...error.calls].map(render), error.message).toEqual(places);
    expect(error.place?.within).toBe(within);
    expect(error.place!.excerpt.find(([line]) => line === error.place!.line)?.[1]).not.toBe(undefined);
  });

  test.each(STORIES)('when it is watched: %s', async (_, texts, within) => {
    const { files, places } = readMarks(texts);
    const migrations = await server.createFolder(files);
    const options = resolveHistoryOptions(
      { migrations, format: 'plain', cacheDir: false, scratch: await getUrl() },
      {},
    );
    const prepared = await prepare(options, {});
    const { statements } = await getObservation(prepared);
    const failed = statements.findIndex(({ effect }) => effect.failed !== undefined);
    const found = (statements[failed]!.effect.failed!.at ?? [[failed, 0, null] as const]).map(
      ([at, offset, inside]) =>
        createSpotPlace(prepared.history.migrations[statements[at]!.migration]!, statements[at]!, {
          offset,
          within: inside,
        }),
    );
    expect(found.map(render)).toEqual(places);
    expect(found[0]!.within).toBe(within);
  });
});

test('SQL that a function put together is shown, without passwords', async () => {
  const { files } = readMarks([BUILDS.replace('ADD nope', "ADD nope; CREATE ROLE r PASSWORD ''hush''")]);
  const error = await getFailure(await server.createDatabase(), await server.createFolder(files));
  const text = renderErrorText(error);
  expect(text).toContain('in SQL that was put together:');
  expect(text).toContain('ALTER TABLE "é😀" ADD COLUMN é int, ADD nope;');
  expect(text).toContain('at 1.sql:3:3, in DO block');
  expect(text + JSON.stringify(error)).not.toContain("'hush'");
});

test('placeholders do not shift the place', async () => {
  const schema = '$'.concat('{a_long_name}');
  const migrations = await server.createFolder({
    'V1__a.sql': `CREATE TABLE ${schema}.t (a int);\nSELECT * FROM ${schema}.t, nope;`,
    'flyway.conf': '',
  });
  const url = await server.createDatabase();
  const options = {
    migrations,
    format: 'flyway',
    url,
    cacheDir: false,
    set: { a_long_name: 'public' },
  } as const;
  await expect(apply(options)).rejects.toMatchObject({ place: { file: 'V1__a.sql', line: 2, column: 33 } });
});

test('the prelude is pointed into, too, in the target and on the scratch server', async () => {
  const { files, places } = readMarks([
    'CREATE SCHEMA s;\nDO $$\nBEGIN\n  CREATE TABLE s.t (a ‹1›nope);\nEND $$;',
  ]);
  const folder = await server.createFolder({ ...files, '2.sql': 'create table b (a int);' });
  const prelude = `${folder}/1.sql`;
  const options = {
    migrations: `${folder}/2.sql`,
    prelude,
    cacheDir: false,
    url: await server.createDatabase(),
  } as const;
  const shift = (place: string): string => place.replace('1.sql', prelude);
  const scratch = await server.createDatabase();
  for (const call of [
    () => apply({ ...options, withPrelude: true }),
    () => apply({ ...options, tables: ['b'], scratch }),
  ]) {
    const error = (await call().catch((thrown: unknown) => thrown)) as PlinthError;
    expect(['MIGRATION_FAILED', 'OBSERVATION_FAILED']).toContain(error.code);
    expect(render(error.place!)).toBe(shift(places[0]!));
  }
});

test('what could not be observed is told with its place, and names it in the error of its table', async () => {
  const { files, places } = readMarks([
    RAISES,
    "DO $$\nBEGIN\n  ‹2›PERFORM checked(1, '{}');\nEND $$;\nCREATE TABLE t (a nope);\nCREATE TABLE b (a int);",
  ]);
  const migrations = await server.createFolder(files);
  const events: RunEvent[] = [];
  const options = {
    migrations,
    format: 'plain',
    cacheDir: false,
    url: await server.createDatabase(),
  } as const;
  await expect(
    apply({ ...options, tables: ['t'] }, { onEvent: (event) => void events.push(event) }),
  ).rejects.toMatchObject({
    code: 'TABLE_NOT_OBSERVED',
    place: { file: '2.sql', line: 5, column: 19 },
  });
  expect(events).toContainEqual(
    expect.objectContaining({
      finding: expect.objectContaining({
        code: 'OBSERVATION_INCOMPLETE',
        args: expect.objectContaining({
          failed: 2,
          place: '2.sql:1',
          at: `${places[0]}, in function checked(integer, text[])`,
        }),
      }),
    }),
  );
});
