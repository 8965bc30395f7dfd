/** What psql's scanner tells apart; `text` is a literal, a quoted name or a dollar quote, whatever stands in it. */
export type PsqlTokenKind =
  | 'blank'
  | 'line-end'
  | 'word'
  | 'text'
  | 'semicolon'
  | 'open'
  | 'close'
  | 'open-bracket'
  | 'close-bracket'
  | 'command'
  | 'escaped'
  | 'variable'
  | 'variable-literal'
  | 'variable-name'
  | 'variable-test'
  | 'other';

/** A piece of a script: UTF-16 offsets `[start, end)`. */
export interface PsqlToken {
  readonly kind: PsqlTokenKind;
  readonly start: number;
  readonly end: number;
  /** Of the variable kinds. */
  readonly name?: string;
}

// psqlscan.l; bytes from 0x80 on count as letters.
const BLANK = /[ \t\r\f\v]+|--[^\n\r]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d+|\$\d+/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const VARIABLE =
  /::|:=|:(?<plain>[\w\u0080-\uffff]+)|:'(?<literal>[\w\u0080-\uffff]+)'|:"(?<name>[\w\u0080-\uffff]+)"|:\{\?(?<test>[\w\u0080-\uffff]+)\}/y;
const SINGLE: Readonly<Record<string, PsqlTokenKind>> = {
  '\n': 'line-end',
  ';': 'semicolon',
  '(': 'open',
  ')': 'close',
  '[': 'open-bracket',
  ']': 'close-bracket',
};

/** The token that begins at an offset, as psql's scanner cuts a script outside of its commands. */
export function getPsqlToken(text: string, start: number): PsqlToken {
  const char = text[start]!;
  const create = (kind: PsqlTokenKind, end: number): PsqlToken => ({ kind, start, end });
  const single = SINGLE[char];
  if (single !== undefined) return create(single, start + 1);
  const blank = match(BLANK, text, start);
  if (blank !== null) return create('blank', start + blank[0].length);
  if (char === '/' && text[start + 1] === '*') return create('blank', getCommentEnd(text, start));
  if (char === "'" || char === '"') return create('text', getQuoteEnd(text, start + 1, char));
  if (/[eE]/.test(char) && text[start + 1] === "'") return create('text', getEscapeEnd(text, start + 2));
  const word = match(WORD, text, start);
  if (word !== null) return create('word', start + word[0].length);
  const tag = match(DOLLAR, text, start)?.[0];
  if (tag !== undefined) {
    const close = text.indexOf(tag, start + tag.length);
    return create('text', close === -1 ? text.length : close + tag.length);
  }
  const number = match(NUMBER, text, start);
  if (number !== null) return create('other', start + number[0].length);
  if (char === '\\') {
    const isEscaped = text[start + 1] === ';' || text[start + 1] === ':';
    return create(isEscaped ? 'escaped' : 'command', start + (isEscaped ? 2 : 1));
  }
  return char === ':' ? getVariableToken(text, start) : create('other', start + 1);
}

function getVariableToken(text: string, start: number): PsqlToken {
  const found = match(VARIABLE, text, start);
  const { plain, literal, name, test } = found?.groups ?? {};
  const end = start + (found?.[0].length ?? 1);
  if (plain !== undefined) return { kind: 'variable', start, end, name: plain };
  if (literal !== undefined) return { kind: 'variable-literal', start, end, name: literal };
  if (name !== undefined) return { kind: 'variable-name', start, end, name };
  if (test !== undefined) return { kind: 'variable-test', start, end, name: test };
  return { kind: 'other', start, end };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The end of a literal or a quoted name; a doubled quote does not end it. */
function getQuoteEnd(text: string, from: number, quote: string): number {
  for (let at = from; ; ) {
    const close = text.indexOf(quote, at);
    if (close === -1) return text.length;
    if (text[close + 1] !== quote) return close + 1;
    at = close + 2;
  }
}

/** The end of `E'…'`, in which a backslash takes the next character along; psql knows no literal that goes on on another line. */
function getEscapeEnd(text: string, from: number): number {
  for (let at = from; at < text.length; ) {
    if (text[at] === '\\') at += 2;
    else if (text[at] !== "'") at += 1;
    else if (text[at + 1] === "'") at += 2;
    else return at + 1;
  }
  return text.length;
}

/** The end of a comment that may hold others. */
function getCommentEnd(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let found = edge.exec(text); found !== null; found = edge.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}
