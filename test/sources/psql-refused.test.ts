import { describe, expect, test } from 'vitest';
import { readScript } from './psql-script.js';

type Files = string | Readonly<Record<string, string>>;
const getFiles = (files: Files) => (typeof files === 'string' ? { 'a.sql': files } : files);

describe('what psql does and Plinth does not is told with its place', () => {
  test.each<[title: string, files: Files, place: string, ...words: string[]]>([
    ['\\gexec', "select 1;\n  select 'x' \\gexec\n", 'a.sql:2:14', '\\gexec', 'what a query returns'],
    ['\\connect', '\\c other\n', 'a.sql:1:1', "psql's \\c ", 'another database'],
    ['a program', "é\\! rm -rf 'x\n", 'a.sql:1:2', 'runs a program'],
    ['the end of no rows', '\\.\n', 'a.sql:1:1', 'COPY … FROM STDIN'],
    ['an unknown command', '\\nope\n', 'a.sql:1:1', '\\nope'],
    ['backquotes', '\\set a `date`\n', 'a.sql:1:1', 'shell command'],
    ['an open quote', "\\set a 'b\n'\n", 'a.sql:1:1', 'does not end on its line'],
    [
      '\\copy of a missing file',
      "\\copy a from 'a''s.csv' csv\n",
      'a.sql:1:1',
      "\\copy a's.csv: there is no such file",
    ],
    ['\\copy of a file outside', '\\copy a from /tmp/a.csv\n', 'a.sql:1:1', 'leads out of the folder'],
    ['\\copy from a program', "\\copy a from program 'ls'\n", 'a.sql:1:1', 'runs a program'],
    ["\\copy of psql's input", '\\copy a from pstdin\n', 'a.sql:1:1', "psql's own input"],
    ['\\copy to a program', '\\copy (select 1) to program sh\n', 'a.sql:1:1', 'writes rows'],
    ['AUTOCOMMIT off', '\\set AUTOCOMMIT off\n', 'a.sql:1:1', 'AUTOCOMMIT'],
    ['AUTOCOMMIT unset', '\\unset AUTOCOMMIT\n', 'a.sql:1:1', 'AUTOCOMMIT'],
    ['SINGLELINE', '\\set SINGLELINE\n', 'a.sql:1:1', 'SINGLELINE'],
    ['an encoding', '\\encoding latin1\n', 'a.sql:1:1', 'latin1', 'UTF-8'],
    ['\\g into a file', 'select 1 \\g out.txt\n', 'a.sql:1:10', 'arguments'],
    ['\\g again', 'select 1; \\g\n', 'a.sql:1:11', 'again'],
    ['\\else alone', '\\else\n', 'a.sql:1:1', '\\else without \\if'],
    ['\\elif after \\else', '\\if 1\n\\else\n\\elif 1\n\\endif', 'a.sql:3:1', 'after \\else'],
    ['\\if of no truth value', '\\if maybe\n\\endif', 'a.sql:1:1', '"maybe"', 'true or false'],
    ['no \\endif', { 'a.sql': '\\i b.sql', 'b.sql': 'select 1;\n\\if 1\n' }, 'b.sql:3:1', 'without \\endif'],
    ['no file', '\\i\n', 'a.sql:1:1', 'names no file'],
    ['a missing file', '\n \\ir b/c.sql\n', 'a.sql:2:2', '\\ir b/c.sql', 'no such file'],
    ['a file outside', '\\i ../b.sql\n', 'a.sql:1:1', 'leads out of the folder'],
    ['a file by its whole path', '\\i /etc/passwd\n', 'a.sql:1:1', 'leads out of the folder'],
    [
      'a circle',
      { 'a.sql': '\\i b.sql', 'b.sql': '\\ir c.sql', 'c.sql': '\n\\i b.sql' },
      'c.sql:2:1',
      'b.sql → c.sql → b.sql',
    ],
    ['a file that includes itself', '\\i a.sql', 'a.sql:1:1', 'a.sql → a.sql'],
    [
      'a file in a statement',
      { 'a.sql': 'select \\i b.sql\n1;', 'b.sql': '' },
      'a.sql:1:8',
      'middle of a statement',
    ],
    ['rows in a statement', 'copy a from stdin; select\n1\n\\.\n1;', 'a.sql:2:1', 'middle of a statement'],
    ['rows in a comment', 'copy a from stdin; /*\n1\n\\.\n*/', 'a.sql:4:3', 'middle of a statement'],
    ['a value that ends a statement', "\\set a 'select 1;'\n:a", 'a.sql:2:1', ':a', 'ends a statement'],
    ['a value with a command', "\\set a '\\\\q'\n:a", 'a.sql:2:1', ':a', 'backslash'],
    ['a value with half a quote', "\\set a '''x'\nselect :a';", 'a.sql:2:8', ':a', 'quote open'],
  ])('%s', async (_, files, place, ...words) => {
    const { problems } = await readScript(getFiles(files));
    expect(problems.map(({ code }) => code)).toEqual(['HISTORY_MALFORMED']);
    expect(problems[0]!.message.slice(0, place.length + 2)).toBe(`${place}: `);
    for (const word of words) expect(problems[0]!.message).toContain(word);
    expect(problems[0]!.hint).toBeTruthy();
  });

  test('all of it at once', async () => {
    const { problems } = await readScript({
      'a.sql': '\\gset\n\\! x\n\\i b.sql',
      'b.sql': 'select 1 \\watch\n',
    });
    expect(problems.map(({ message }) => message.split(' ', 1)[0])).toEqual([
      'a.sql:1:1:',
      'a.sql:2:1:',
      'b.sql:1:10:',
    ]);
  });
});

test('variables without a value are missing where psql could not go on without them', async () => {
  const script = await readScript({
    'a.sql': `select :a, :'b', :"c", :DBNAME, x[1:"d"];
\\if :e
\\endif
\\i :f/x.sql
\\prompt 'G?' g
\\getenv h HOME
\\set i :j :'k'
select 12:30;`,
  });
  expect(script.problems).toEqual([]);
  expect(script.missing.map(({ name, file, line }) => `${name} ${file}:${line}`)).toEqual([
    'b a.sql:1',
    'c a.sql:1',
    'DBNAME a.sql:1',
    'e a.sql:2',
    'f a.sql:4',
    'g a.sql:5',
    'h a.sql:6',
    'k a.sql:7',
  ]);
});

describe('the file of \\i', () => {
  test.each([
    ['of the folder', 'part/b.sql'],
    ['with a step too many', './part/../part/b.sql'],
    ['from above the folder', 'migrations/part/b.sql'],
    ['from further above', 'db/migrations/part/b.sql'],
    ['beside the file', 'b.sql'],
  ])('is found %s', async (_, name) => {
    const text = `\\i ${name}\n`;
    const script = await readScript({ 'part/a.sql': text, 'part/b.sql': 'select 1;' });
    expect(script.problems).toEqual([]);
    expect([...script.references]).toEqual(['part/b.sql']);
    expect(script.included).toEqual([{ name: 'part/b.sql', start: text.length }]);
  });

  test('is known even where it does not run', async () => {
    const script = await readScript({ 'a.sql': '\\if false\n\\i b.sql\n\\i c.sql\n\\endif', 'b.sql': '' });
    expect([[...script.references], script.regions, script.problems]).toEqual([['b.sql'], [], []]);
  });
});
