/**
 * Where in PostgreSQL's grammar a mark stands: `sql` as SQL itself or in a quoted identifier, `body` in a
 * dollar-quoted body outside of its quotes, `quoted` in a literal, `comment` in a comment.
 */
export type MarkContext = 'sql' | 'body' | 'quoted' | 'comment';

/** What may be a mark of a template engine: `{{ … }}`, `{% … %}`, `{# … #}`, `${…}` or `$NAME`. */
export interface Mark {
  readonly kind: 'braces' | 'block' | 'note' | 'environment';
  readonly start: number;
  readonly end: number;
  /** What stands between the braces. */
  readonly inner: string;
  readonly context: MarkContext;
}

const MARK = /\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}|\{#([\s\S]*?)#\}|\$\{([^{}\n]*)\}/y;
const VARIABLE = /\$([A-Za-z_][A-Za-z0-9_]*)(?!\$)/y;
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const WORD = /[\w\u0080-\uffff][\w$\u0080-\uffff]*/y;
const KINDS = ['braces', 'block', 'note', 'environment'] as const;

/** Whether a look is worth while. */
export function mayHaveMarks(text: string): boolean {
  return /\{[{%#]|\$\{|\$[A-Za-z_]/.test(text);
}

/** Finds the marks in `[start, end)` of a text by the rules of PostgreSQL's lexer. */
export function scanMarks(text: string, start: number, end: number): readonly Mark[] {
  const marks: Mark[] = [];
  scanCode(text, start, end, 'sql', marks);
  return marks;
}

function scanCode(text: string, start: number, end: number, context: 'sql' | 'body', marks: Mark[]): void {
  let at = start;
  while (at < end) {
    const mark = readMark(text, at, end, context);
    if (mark !== null) {
      marks.push(mark);
      at = mark.end;
      continue;
    }
    const word = match(WORD, text, at);
    if (word !== null) {
      at += word.length;
      // The literal's own prefix decides whether a backslash escapes.
      if (/^e$/i.test(word) && text[at] === "'") at = scanQuoted(text, at, end, "'", true, marks);
      continue;
    }
    const quote = match(DOLLAR_QUOTE, text, at);
    if (quote !== null) {
      const close = text.indexOf(quote, at + quote.length);
      // An open quote is for the parser to tell.
      if (close === -1 || close >= end) return;
      scanCode(text, at + quote.length, close, 'body', marks);
      at = close + quote.length;
      continue;
    }
    at = scanOther(text, at, end, context, marks);
  }
}

function scanOther(text: string, at: number, end: number, context: 'sql' | 'body', marks: Mark[]): number {
  switch (text.slice(at, at + 2)) {
    case '--': {
      const feed = text.indexOf('\n', at);
      return scanInside(text, at, feed === -1 ? end : Math.min(feed, end), 'comment', marks);
    }
    case '/*':
      return scanInside(text, at, getCommentEnd(text, at, end), 'comment', marks);
  }
  if (text[at] === "'") return scanQuoted(text, at, end, "'", false, marks);
  // An identifier with such a mark in it is nobody's.
  if (text[at] === '"') return scanQuoted(text, at, end, '"', false, marks, context);
  const variable = context === 'sql' ? match(VARIABLE, text, at) : null;
  if (variable === null) return at + 1;
  const inner = variable.slice(1);
  marks.push({ kind: 'environment', start: at, end: at + variable.length, inner, context });
  return at + variable.length;
}

/** Goes through a literal or a quoted identifier; a mark may hold quotes of its own. */
function scanQuoted(
  text: string,
  start: number,
  end: number,
  quote: string,
  escapes: boolean,
  marks: Mark[],
  context: MarkContext = 'quoted',
): number {
  let at = start + 1;
  while (at < end) {
    const mark = readMark(text, at, end, context);
    if (mark !== null && (quote === '"' || !mark.inner.includes(quote))) {
      marks.push(mark);
      at = mark.end;
    } else if (escapes && text[at] === '\\') at += 2;
    else if (text[at] !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return end;
}

function scanInside(text: string, start: number, end: number, context: MarkContext, marks: Mark[]): number {
  for (let at = start; at < end; at += 1) {
    const mark = readMark(text, at, end, context);
    if (mark === null) continue;
    marks.push(mark);
    at = mark.end - 1;
  }
  return end;
}

// Comments nest: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-COMMENTS
function getCommentEnd(text: string, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const two = text.slice(at, at + 2);
    if (two !== '/*' && two !== '*/') continue;
    depth += two === '/*' ? 1 : -1;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return end;
}

function readMark(text: string, at: number, end: number, context: MarkContext): Mark | null {
  if (text[at] !== '{' && text[at] !== '$') return null;
  MARK.lastIndex = at;
  const found = MARK.exec(text);
  if (found === null || at + found[0].length > end) return null;
  const index = found.slice(1).findIndex((group) => group !== undefined);
  return { kind: KINDS[index]!, start: at, end: at + found[0].length, inner: found[index + 1]!, context };
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
