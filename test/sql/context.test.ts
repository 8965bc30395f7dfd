import { expect, test } from 'vitest';
import { parseContext } from '../../src/sql/context.js';

const PLPGSQL = { language: 'plpgsql', statement: null, query: null } as const;
const SQL = { language: 'sql', line: null, query: null } as const;

test('calls come innermost first, each with the SQL that it was running', () => {
  const where = [
    'PL/pgSQL function inner_f(integer,text[]) line 3 at RAISE',
    'SQL statement "INSERT INTO t',
    '  VALUES (inner_f(1, \'{}\'), "x")"',
    'PL/pgSQL function "My S"."F, g"(character varying,"a,b") line 12 at SQL statement',
    'PL/pgSQL assignment "a := 1"',
    'PL/pgSQL function inline_code_block line 4 at assignment',
  ].join('\n');
  expect(parseContext(where)).toEqual([
    { ...PLPGSQL, routine: { schema: null, name: 'inner_f', types: ['integer', 'text[]'] }, line: 3 },
    {
      ...PLPGSQL,
      routine: { schema: 'My S', name: 'F, g', types: ['character varying', '"a,b"'] },
      line: 12,
      query: 'INSERT INTO t\n  VALUES (inner_f(1, \'{}\'), "x")',
    },
    { ...PLPGSQL, routine: null, line: 4, query: 'a := 1' },
  ]);
});

const routine = (name: string, types: readonly string[] | null = []) => ({ schema: null, name, types });

test.each([
  ['PL/pgSQL function rt()', { ...PLPGSQL, routine: routine('rt'), line: null }],
  ['PL/pgSQL function f2() during function exit', { ...PLPGSQL, routine: routine('f2'), line: null }],
  [
    'PL/pgSQL function f() line 3 during statement block local variable initialization',
    { ...PLPGSQL, routine: routine('f'), line: 3 },
  ],
  [
    'compilation of PL/pgSQL function "bad" near line 2',
    { ...PLPGSQL, routine: routine('bad', null), line: 2 },
  ],
  ['SQL function "f" statement 2', { ...SQL, routine: routine('f', null), statement: 2 }],
  ['SQL function "f g" during startup', { ...SQL, routine: routine('f g', null), statement: null }],
])('%s', (where, frame) => {
  expect(parseContext(where)).toEqual([frame]);
});

// From the translations that PostgreSQL brings.
test.each([
  ['PL/pgSQL-Funktion f(integer) Zeile 4 bei RAISE', 'PL/pgSQL-Funktion inline_code_block Zeile 4 bei RAISE'],
  ['fonction PL/pgSQL f(integer), ligne 4 à RAISE', 'fonction PL/pgSQL inline_code_block, ligne 4 à RAISE'],
  ['función PL/pgSQL f(integer) en la línea 4 en RAISE', 'PL/pgSQL関数inline_code_blockの4行目 - RAISE'],
  [
    'функция PL/pgSQL f(integer), строка 4, оператор RAISE',
    'função PL/pgSQL inline_code_block linha 4 em RAISE',
  ],
])('the words around name and line may be translated: %s', (called, block) => {
  expect(parseContext(called)).toEqual([{ ...PLPGSQL, routine: routine('f', ['integer']), line: 4 }]);
  expect(parseContext(block)).toMatchObject([{ routine: null, line: 4 }]);
});

test.each([
  '',
  'COPY t, line 3, column a: "x"',
  'while inserting index tuple (0,1) in relation "t"',
  'PL/pgSQL assignment "x := inline_code_block line 3"',
  'PL/Python function "f"',
  'SQL statement "SELECT \'PL/pgSQL function f() line 2 at RAISE\'"',
])('%j names no call', (where) => {
  expect(parseContext(where)).toEqual([]);
});
