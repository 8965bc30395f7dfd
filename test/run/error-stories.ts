export const RAISES = `CREATE FUNCTION checked(a integer, b text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  ‹1›RAISE EXCEPTION 'not so';
END $$;`;
export const BUILDS = `DO $$
BEGIN
  ‹1›EXECUTE format('ALTER TABLE %I ADD COLUMN é int, ADD nope', 'é😀');
END $$;`;

/** What fails, and where. */
type Story = readonly [title: string, files: readonly string[], within: string | undefined];

/** Each file has its expected places as ‹1› (innermost), ‹2› …; the SQL that PostgreSQL tells where it stands in none. */
export const STORIES = (
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
