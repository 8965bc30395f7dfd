import { beforeAll, describe, expect, it } from 'vitest';
import { readCanonical, readTokens } from '../../src/sql/canonical.js';
import { loadParser } from '../../src/sql/parser.js';

beforeAll(loadParser);

/** As PostgreSQL's own scanner has it. */
function scan(sql: string): ReturnType<typeof readCanonical> {
  const tokens = readTokens(sql);
  if (tokens.length === 0) return null;
  const bytes = Buffer.from(sql);
  const getOffset = (byte: number): number => bytes.subarray(0, byte).toString().length;
  const texts = tokens.map(({ keyword, text }) =>
    keyword ? text.toLowerCase() : text.replaceAll('\r\n', '\n'),
  );
  return {
    start: getOffset(tokens[0]!.start),
    end: getOffset(tokens.at(-1)!.end),
    text: `${texts.join('\0')}\0`,
  };
}

// What is cut by other rules where it stands beside others.
const PIECES = [
  ...['a', 'Abc', 'SELECT', 'Table', 'ein$x', 'é', 'Ü1', '漢', '😀', '_', '\ufeff', '\u00a0'],
  ...[
    "'a'",
    "''",
    "'it''s'",
    "'\\'",
    "E'\\''",
    "e'x'",
    "n'x'",
    "B'01'",
    "x'1F'",
    "U&'x'",
    'u&"x"',
    "'é\r\n'",
  ],
  ...['"a"', '"a""B"', '$$', '$$ a $$', '$b$ $$ \r\n $b$', '$b$ $c$ $b$', '$é$ $é$', '$1', '$'],
  ...[
    '1',
    '1.5',
    '.5',
    '1.',
    '1e5',
    '0x1F',
    '1_0',
    '+',
    '-',
    '*',
    '/',
    '<',
    '>',
    '=',
    '!',
    '|',
    '?',
    '@',
    '#',
  ],
  ...['<=', '>=', '<>', '!=', '=>', '->', '->>', '||', '@>', '@-', '*-', ':', '::', ':=', '.', '..', ';'],
  ...[
    '(',
    ')',
    '[',
    ']',
    ',',
    '-- c\n',
    '--',
    '-- é\r',
    '/* c */',
    '/*/ c */',
    '/* /* */ */',
    '/*',
    '*/',
    '**/',
  ],
  ...[' ', '\n', '\r\n', '\t', '\v', '\f', '`', '{', '\\', '~', '^', '%', '&'],
];

describe('the tokens that a digest is made of', () => {
  it('are those of the scanner, whatever stands beside whatever', () => {
    let compared = 0;
    let seed = 7;
    const pick = (count: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      return (seed >> 8) % count;
    };
    for (let round = 0; round < 20_000; round += 1) {
      const pieces = Array.from({ length: 1 + pick(7) }, () => PIECES[pick(PIECES.length)]!);
      const sql = pieces.join(pick(3) === 0 ? ' ' : '');
      let expected: ReturnType<typeof readCanonical>;
      try {
        expected = scan(sql);
      } catch {
        continue; // A literal or comment without an end, which no statement has.
      }
      compared += 1;
      expect({ sql, ...readCanonical(sql) }).toEqual({ sql, ...expected });
    }
    expect(compared).toBeGreaterThan(5_000);
  });

  it.each([
    "select 'a'\n'b', 'c' -- d\n'e'",
    "create function f() returns text language plpgsql as $f$ begin return $$a$$ || '\r\n'; end $f$",
    'select a[1:2], b->>2, -c, d::text, e <=-5, f . "G h" from T',
    "comment on table x is E'it''s' /* a /* b */ c */",
    '-- nothing\n/* at all */',
  ])('are those of the scanner: %j', (sql) => {
    expect(readCanonical(sql)).toEqual(scan(sql));
  });
});
