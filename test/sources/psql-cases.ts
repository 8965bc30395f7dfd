/** A script for psql, and what it sends of it: one text a statement, blanks made one, without comments and without BEGIN and COMMIT. */
export interface PsqlCase {
  readonly title: string;
  /** The first one is run; the others are there to be included. */
  readonly files: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, string>>;
  readonly sends: readonly string[];
}

const one = (
  title: string,
  script: string,
  sends: readonly string[],
  set?: Record<string, string>,
): PsqlCase => ({
  title,
  files: { 'main.sql': script },
  sends,
  ...(set === undefined ? {} : { set }),
});

export const PSQL_CASES: readonly PsqlCase[] = [
  one('a backslash in a literal is no command', "select '\\echo a', E'\\'\\\\i b';\nselect 1;", [
    "select '\\echo a', E'\\'\\\\i b'",
    'select 1',
  ]),
  one('a literal in two pieces is one', "select E'a\\''\n \n  ';b';\nselect 2;", [
    "select E'a\\''\n';b'",
    'select 2',
  ]),
  one('a standard literal ends at its quote, backslash or not', "select 'a\\';\nselect 'b;';", [
    "select 'a\\'",
    "select 'b;'",
  ]),
  one('a quoted name may hold anything', 'select 1 as "\\i "";x";\nselect 2;', [
    'select 1 as "\\i "";x"',
    'select 2',
  ]),
  one(
    'dollar quotes hold commands, variables and semicolons',
    'select $$ \\q :x ; $$, $a$ $b$ ; $a$;\nselect 1 as a$b$;',
    ['select $$ \\q :x ; $$, $a$ $b$ ; $a$', 'select 1 as a$b$'],
    { x: 'no' },
  ),
  one(
    'comments hold commands and may be nested',
    '-- \\q\n/* \\q /* ; */ :x \\q */ select 1; -- \\i no\nselect 2;',
    ['select 1', 'select 2'],
  ),
  one(
    'a semicolon in parentheses is part of the statement',
    'create rule r as on delete to p do (select 1; select 2);\nselect 3;',
    ['create rule r as on delete to p do (select 1; select 2)', 'select 3'],
  ),
  one(
    'a body between BEGIN and END is one statement',
    'create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end;\nselect 3;',
    [
      'create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end',
      'select 3',
    ],
  ),
  one(
    'a variable is replaced where it is set, and only there',
    "\\set t p\nselect a from :t where b = ':t' and :\"t\".b = :'u' and 'x'::text = 'x' and c[1:n] = '{}';",
    ["select a from p where b = ':t' and \"p\".b = 'it''s' and 'x'::text = 'x' and c[1:n] = '{}'"],
    { u: "it's" },
  ),
  one('a value with a backslash becomes an escape literal', "select :'v';", ["select E'a\\\\b'"], {
    v: 'a\\b',
  }),
  one(
    'a value may name other variables, but not itself',
    '\\set a :b\nselect :c as x;',
    ['select 1 + 2 as x'],
    {
      b: 'no',
      c: '1 + :d',
      d: '2',
    },
  ),
  one(
    'quotes make one value of several words, and commas may hold them',
    "\\set v 'select ''a b''' , '\\n1' \\\\ select 0;\n:v;",
    ['select 0', "select 'a b', 1"],
  ),
  one(
    'a set variable is asked for by its name',
    'select :{?a} as a, :{?b} as b;',
    ['select TRUE as a, FALSE as b'],
    { a: '' },
  ),
  one('an unset variable is gone', '\\unset a\nselect :{?a} as a;', ['select FALSE as a'], { a: '1' }),
  one(
    'commands that only talk are left out, even inside of a statement',
    '\\echo a \\\\ select 1,\n\\timing on\n  2;\n\\d\n\\dt+ pg_catalog.pg_class\n\\pset pager off\nselect 3;',
    ['select 1, 2', 'select 3'],
  ),
  one(
    '\\g ends a statement, a semicolon behind a backslash does not',
    'select 1 \\g\nselect 2\\; select 3;\nselect 4',
    ['select 1', 'select 2', 'select 3', 'select 4'],
  ),
  one('\\q ends the script', 'select 1;\n\\if true\n\\q\nselect 2;\n', ['select 1']),
  one(
    'of an \\if block one branch runs',
    "\\if :{?s}\n\\else\n\\set s app\n\\endif\n\\if false\nselect '\n\\if true\n\\q\n';\n\\elif yes\nselect :'s';\n\\elif on\nselect 2;\n\\else\n\\echo no\n\\endif\nselect 3;",
    ["select 'app'", 'select 3'],
  ),
  one(
    'an \\if block may lie inside of a statement and of another block',
    'select 1\n\\if 0\n, (2\n\\if 1\n, 3\n\\endif\n\\else\n, 4\n\\if t\n, 5\n\\endif\n\\endif\n, 6;',
    ['select 1, 4, 5, 6'],
  ),
  one('a statement without an end is sent at the end', 'select 1;\nselect 2 -- no semicolon', [
    'select 1',
    'select 2',
  ]),
  one(
    'with CRLF all is the same',
    '\\set a 1\r\nselect :a;\r\n\\if false\r\nselect 2;\r\n\\endif\r\nselect 3;\r\n',
    ['select 1', 'select 3'],
  ),
  {
    title: 'an included file is where its command stands, and ends its own last statement',
    files: {
      'main.sql': "select 1;\n\\set v 2\n\\i part/a.sql\nselect :v, :'w';\n\\include part/a.sql\n",
      'part/a.sql': 'select :v;\n\\ir b.sql\n\\set v 3\nselect 4',
      'part/b.sql': '\\ir ../part/c.sql \\\\ select 5;\n\\q\nselect 6;',
      'part/c.sql': "\\set w 'the end'\n",
    },
    sends: [
      'select 1',
      'select 2',
      'select 5',
      'select 4',
      "select 3, 'the end'",
      'select 3',
      'select 5',
      'select 4',
    ],
  },
  {
    title: 'the name of a file may be quoted or hold variables',
    files: {
      'main.sql': "\\i 'a b.sql'\n\\i :dir/:file.sql\n\\ir :dir'/it''s.sql'\n",
      'a b.sql': 'select 1;',
      'd/x.sql': 'select 2;',
      "d/it's.sql": 'select 3;',
    },
    set: { dir: 'd', file: 'x' },
    sends: ['select 1', 'select 2', 'select 3'],
  },
  one(
    'rows stand behind their COPY, what is on its line runs after them',
    'copy rows from stdin; select 1; copy rows (b) from stdin with (format csv); select 2;\n1\t\\\\i x\n2\t\';\n\\.\n"\\i\n"\n\\.\nselect 3;\n\\copy rows (a) FROM STDIN\n7\n\\.\nselect * from rows order by a, b;\ncopy rows from stdin \\g\n8\t:a\n\\.\nCOPY BINARY rows TO STDOUT;\ncopy rows (a) from stdin',
    [
      'copy rows from stdin',
      'select 1',
      'copy rows (b) from stdin with (format csv)',
      'select 2',
      'select 3',
      'COPY rows (a) FROM STDIN',
      'select * from rows order by a, b',
      'copy rows from stdin',
      'COPY BINARY rows TO STDOUT',
      'copy rows (a) from stdin',
    ],
    { a: 'no' },
  ),
  one('rows of a file with CRLF keep their ends', 'copy rows from stdin;\r\n1\ta\r\n\\.\r\nselect 1;\r\n', [
    'copy rows from stdin',
    'select 1',
  ]),
  one('rows may end with the file', 'copy rows from stdin;\n1\ta\n', ['copy rows from stdin']),
];
