// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of shells and of Flyway
import { describe, expect, test } from 'vitest';
import { getError, getSql, readMemory } from './memory.js';

const render = async (text: string, placeholders: Readonly<Record<string, string>> = {}) =>
  getSql(await readMemory({ 'a.sql': text }, { placeholders }))[0]![0];

describe('a template outside of quotes', () => {
  test.each<[string, string]>([
    ['CREATE TABLE {{ .Schema }}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{.Schema}}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{ $.Schema }}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{ .Options.Schema }}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{ index .Options "Schema" }}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{index .Options `Schema`}}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{ env "Schema" }}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE {{ Schema }}.a ();', 'CREATE TABLE app.a ();'],
    ["CREATE TABLE {{ var('Schema') }}.a ();", 'CREATE TABLE app.a ();'],
    ['CREATE TABLE ${Schema}.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE $Schema.a ();', 'CREATE TABLE app.a ();'],
    ['CREATE TABLE ${Other:-public}.a ();', 'CREATE TABLE public.a ();'],
    ['CREATE TABLE ${Schema:-public}.a ();', 'CREATE TABLE app.a ();'],
    [
      'CREATE TABLE "{{ .Schema }}".a (); CREATE TABLE "${Schema}".b ();',
      'CREATE TABLE "app".a (); CREATE TABLE "app".b ();',
    ],
    ['CREATE TABLE a_{{ .Schema }}_b ();', 'CREATE TABLE a_app_b ();'],
    ['CREATE TABLE\n  {{- .Schema -}}\n  .a ();', 'CREATE TABLEapp.a ();'],
    ['CREATE TABLE {{/* why */}} a ();{# why #}', 'CREATE TABLE  a ();'],
    [
      "SELECT E'\\'{' || '{{a}}'; CREATE TABLE {{ .Schema }}.a ();",
      "SELECT E'\\'{' || '{{a}}'; CREATE TABLE app.a ();",
    ],
  ])('%j is replaced', async (text, expected) => {
    expect(await render(text, { Schema: 'app' })).toBe(expected);
  });

  test('a whole path as the name comes before its last word', async () => {
    const text = 'SELECT {{ .a.x }}, {{ .b.x }};';
    expect(await render(text, { 'a.x': '1', x: '2' })).toBe('SELECT 2, 2;');
    expect(await render(text, { 'a.x': '1', 'b.x': '2' })).toBe('SELECT 1, 2;');
  });
});

describe('what is SQL stays as it is', () => {
  test.each([
    "SELECT '{{a,b},{c,d}}'::text[], '{{1,2}}', '{{a}}';",
    "INSERT INTO mails VALUES ('Dear {{ .Name }}, {{ name }}: ${total} {% if x %}');",
    'PREPARE p AS SELECT $1, $2; EXECUTE p(1, 2);',
    'CREATE FUNCTION f() RETURNS text LANGUAGE plv8 AS $$ return `${a} {{b}}`; $$;',
    "CREATE FUNCTION f() RETURNS text LANGUAGE plpython3u AS $py$ return f'{{x}} {y}' $py$;",
    'CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $body$ SELECT $1 + $2 $body$;',
    'SELECT \'{"a": {"b": "${c}"}}\'::jsonb;',
    '-- {{ .Schema }} ${NAME}\nSELECT 1 /* {{ if }} */;',
    'SELECT a$b, foo$1 FROM t$x$y;',
    "SELECT $tag$ {{ name }} ${NAME} '$tag$;",
  ])('%s', async (text) => {
    expect(await render(text)).toBe(text);
  });
});

describe('a template inside of quotes', () => {
  test('counts where its name is given', async () => {
    expect(await render("SELECT '{{ name }}', '{{ .name }}', '${name}', '{{other}}';", { name: 'x' })).toBe(
      "SELECT 'x', 'x', 'x', '{{other}}';",
    );
  });

  test('counts where it reads like nothing else and the history has others', async () => {
    const history = await readMemory(
      {
        '1.sql': 'CREATE TABLE {{ index .Options "Schema" }}.a ();',
        '2.sql': `DO $$ BEGIN IF EXISTS (SELECT FROM t WHERE s = '{{ index .Options "Schema" }}') THEN
          ALTER TABLE {{ .Schema }}.a ADD b text DEFAULT '{{a}}'; END IF; END $$;`,
      },
      { placeholders: { Schema: 'app' } },
    );
    expect(getSql(history)[1]![0]).toContain("s = 'app'");
    expect(getSql(history)[1]![0]).toContain("ALTER TABLE app.a ADD b text DEFAULT '{{a}}'");
  });

  test('has to have a value then', async () => {
    const error = await getError({
      '1.sql': "CREATE TABLE {{ .A }} (x text DEFAULT '{{ .B }}', y text DEFAULT '${C}');",
    });
    expect(error.args).toEqual({
      missing: [
        { name: 'A', places: ['1.sql:1'] },
        { name: 'B', places: ['1.sql:1'] },
      ],
    });
  });

  test('is taken for code in a body, where no language reads like it', async () => {
    const text = 'DO $$ BEGIN CREATE TABLE {{ .Schema }}.a (); END $$;';
    expect(await render(text, { Schema: 'app' })).toBe('DO $$ BEGIN CREATE TABLE app.a (); END $$;');
    expect((await getError({ 'a.sql': `${text}` })).code).toBe('PLACEHOLDER_MISSING');
  });

  test('of a shell counts in capitals only, unless its name is known', async () => {
    const text = "CREATE TABLE ${SCHEMA}.a (); SELECT '${SCHEMA}', '${schema}', $$ ${i} $$;";
    expect(await render(text, { SCHEMA: 'app' })).toBe(
      "CREATE TABLE app.a (); SELECT 'app', '${schema}', $$ ${i} $$;",
    );
  });
});

describe('what has no value', () => {
  test('is told at once, each with its places, and the command that gives it', async () => {
    const error = await getError({
      '1.sql': 'CREATE TABLE {{ .A }}.x ();\nCREATE TABLE {{ .A }}.y ();\n\nCREATE TABLE ${B}.z ();',
      '2.sql': '\r\nCREATE TABLE {{ .A }}.z ();',
    });
    expect(error.code).toBe('PLACEHOLDER_MISSING');
    expect(`${error.message}\n${error.hint}`).toBe(`no value for 2 placeholders:
  A (1.sql:1, 1.sql:2, 2.sql:2)
  B (1.sql:4)
Give them: --set A=VALUE --set B=VALUE`);
  });

  test('is told along with what else is wrong', async () => {
    const error = await getError({ 'V1__a.sql': 'SELECT ${a};', 'V1.0__b.sql': '' });
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.message).toContain('version 1 stands in 2 files');
    expect(error.message).toContain('no value for the placeholder a (V1__a.sql:1)\n  Give it: --set a=VALUE');
  });

  test('may be kept as it stands by a value that says so', async () => {
    expect(await render('SELECT ${a};', { a: '${a}' })).toBe('SELECT ${a};');
  });
});

describe('what would have to be run', () => {
  test.each([
    ['{{ if .Schema }}SELECT 1;{{ end }}', '{{ if .Schema }}'],
    ['{{ range .Tables }}SELECT 1;{{ end }}', '{{ range .Tables }}'],
    ['SELECT 1;\n{% for x in y %}', '{% for x in y %}'],
    ['SELECT {{ .Schema | quote }};', '{{ .Schema | quote }}'],
    ['SELECT ${a + b};', '${a + b}'],
    ['-- {{ if .X }}\nSELECT {{ .Schema }};', '{{ if .X }}'],
  ])('%j is an error that says where', async (text, shown) => {
    const error = await getError({ 'a.sql': text }, { placeholders: { Schema: 'app' } });
    expect(error.message).toContain(`${shown} is a step of a template`);
    expect(error.message).toMatch(/a\.sql: line \d/);
  });
});

test('goose and Flyway replace what is theirs, and templates what is left', async () => {
  const flyway = await readMemory(
    { 'V1__a.sql': "SELECT '${a}', {{ .b }}; -- ${a}" },
    { placeholders: { a: '1', b: '2' } },
  );
  expect(getSql(flyway)).toEqual([["SELECT '1', 2; -- 1"]]);
  const goose = await readMemory(
    {
      '1_a.sql':
        "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${a}';\n-- +goose ENVSUB OFF\nSELECT '${c}', {{ .b }};",
    },
    { placeholders: { a: '1', b: '2' } },
  );
  expect(getSql(goose)[0]![0]).toContain("SELECT '1';");
  expect(getSql(goose)[0]![0]).toContain("SELECT '${c}', 2;");
});
