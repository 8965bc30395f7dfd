import { type ScanToken, scanSql } from './parser.js';

/** A statement without what does not count. */
export interface Canonical {
  /** UTF-16 offsets `[start, end)` of its first and last token. */
  readonly start: number;
  readonly end: number;
  /** Its tokens, comments left out, each with a NUL after it: keywords in lower case, line ends as LF. */
  readonly text: string;
}

/**
 * Reads the tokens of a statement that PostgreSQL's grammar takes, as its scanner cuts them. What is written in most statements is cut here, as
 * the parser's scanner writes 120 bytes of JSON for each token; where anything else is met, that one is asked. Null where there is no token.
 */
export function readCanonical(sql: string): Canonical | null {
  return cut(sql) ?? scan(sql);
}

// https://github.com/postgres/postgres/blob/master/src/backend/parser/scan.l: strings and names between quotes, dollar-quoted bodies, words, numbers.
const SPACE = /[ \t\n\r\f\v]+/y;
const WORD = /[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/y;
// A literal may go on in another line, even behind a comment.
const CONTINUED = /[ \t\n\r\f\v]*(?:'|--)/y;
const BODY = /\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$/y;
const NUMBER = /\d+(?:\.\d+)?(?![\w.$\x80-\uffff])/y;
const OPERATOR = /[~!@#^&|`?+\-*/%<>=]+/y;
const COMMENT = /--[^\n\r]*/y;
// Prefixes of literals and names that are read by other rules: E'', B'', X'', N'', U&''.
const PREFIXED = /(?:[ebxn]'|u&)/iy;

/** Null where the rules above do not tell, and where there is no token. */
function cut(sql: string): Canonical | null {
  let first = -1;
  let end = 0;
  let text = '';
  for (let at = 0; at < sql.length; ) {
    const after = getEnd(sql, at);
    if (after === null) return null;
    if (after > 0) {
      if (first < 0) first = at;
      end = after;
      text += `${renderToken(sql, at, after)}\0`;
    }
    at = Math.abs(after);
  }
  return first < 0 ? null : { start: first, end, text };
}

function renderToken(sql: string, start: number, end: number): string {
  const token = sql.slice(start, end);
  if (isWordStart(sql.charCodeAt(start))) return renderWord(token);
  return token.includes('\r') ? token.replaceAll('\r\n', '\n') : token;
}

/** Where the token at `at` ends; below zero for what is none; null where it is not known. */
function getEnd(sql: string, at: number): number | null {
  const code = sql.charCodeAt(at);
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return -match(SPACE, sql, at)!;
  if (isWordStart(code)) return match(PREFIXED, sql, at) === null ? match(WORD, sql, at) : null;
  if (code >= 0x30 && code <= 0x39) return match(NUMBER, sql, at);
  switch (sql[at]) {
    case "'":
      return getLiteralEnd(sql, at);
    case '"':
      return getQuotedEnd(sql, at);
    case '$':
      return getBodyEnd(sql, at);
    case '(':
    case ')':
    case ',':
    case ';':
    case '[':
    case ']':
      return at + 1;
    case '.':
      return /[.\d]/.test(sql[at + 1] ?? '') ? null : at + 1;
    case ':':
      if (sql[at + 1] === '=') return null;
      return sql[at + 1] === ':' ? at + 2 : at + 1;
    default:
      return getOperatorEnd(sql, at);
  }
}

function getLiteralEnd(sql: string, at: number): number | null {
  const end = getQuotedEnd(sql, at);
  return end === null || match(CONTINUED, sql, end) !== null ? null : end;
}

function getQuotedEnd(sql: string, at: number): number | null {
  const quote = sql[at]!;
  for (let from = at + 1; ; ) {
    const to = sql.indexOf(quote, from);
    if (to < 0) return null;
    if (sql[to + 1] !== quote) return to + 1;
    from = to + 2;
  }
}

function getBodyEnd(sql: string, at: number): number | null {
  const from = match(BODY, sql, at);
  if (from === null) return null;
  const tag = sql.slice(at, from);
  const to = sql.indexOf(tag, from);
  return to < 0 ? null : to + tag.length;
}

function getOperatorEnd(sql: string, at: number): number | null {
  const line = match(COMMENT, sql, at);
  if (line !== null) return -line;
  if (sql.startsWith('/*', at)) {
    const to = sql.indexOf('*/', at + 2);
    // Comments may hold others.
    return to < 0 || sql.slice(at + 2, to).includes('/*') ? null : -(to + 2);
  }
  const end = match(OPERATOR, sql, at);
  if (end === null || end === at + 1) return end;
  const operator = sql.slice(at, end);
  // A comment may begin in it, and a sign at its end may be none of it.
  return /--|\/\*|[+-]$/.test(operator) ? null : end;
}

function match(pattern: RegExp, sql: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : null;
}

function isWordStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code >= 0x80;
}

const words = new Map<string, string>();

/** Only the scanner knows PostgreSQL's keywords; it is asked once for each word that has capitals. */
function renderWord(word: string): string {
  if (!/[A-Z]/.test(word)) return word;
  const known = words.get(word);
  if (known !== undefined) return known;
  const rendered = scanSql(word)[0]?.keyword === true ? word.toLowerCase() : word;
  words.set(word, rendered);
  return rendered;
}

/** The lexical tokens of a statement without comments. */
export function readTokens(sql: string): readonly ScanToken[] {
  return scanSql(sql).filter(({ name }) => name !== 'SQL_COMMENT' && name !== 'C_COMMENT');
}

function scan(sql: string): Canonical | null {
  const tokens = readTokens(sql);
  const [first, last] = [tokens[0], tokens.at(-1)];
  if (first === undefined || last === undefined) return null;
  const bytes = Buffer.from(sql);
  const start = bytes.toString('utf8', 0, first.start).length;
  const end = start + bytes.toString('utf8', first.start, last.end).length;
  const texts = tokens.map(({ keyword, text }) =>
    // A body between quotes is one token: its line ends must not count either.
    keyword ? text.toLowerCase() : text.replaceAll('\r\n', '\n'),
  );
  return { start, end, text: `${texts.join('\0')}\0` };
}
