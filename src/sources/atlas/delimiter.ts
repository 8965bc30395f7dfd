import type { Region } from '../../model/history.js';

/** What separates statements instead of `;`. */
export interface Delimiter {
  readonly text: string;
  /** Where the SQL begins. */
  readonly start: number;
}

const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** Reads `-- atlas:delimiter`, which counts only as the very first line. */
export function parseDelimiter(text: string, start: number): Delimiter | null {
  const feed = text.indexOf('\n', start);
  const end = feed === -1 ? text.length : feed;
  const value = /^-- atlas:delimiter(?: +(.+?))?\r?$/.exec(text.slice(start, end));
  if (value === null) return null;
  const unescaped = (value[1] ?? '').replaceAll('\\n', '\n').replaceAll('\\r', '\r').replaceAll('\\t', '\t');
  return { text: unescaped, start: feed === -1 ? end : feed + 1 };
}

/**
 * Cuts at a delimiter as Atlas does (Scanner.stmt in sql/migrate/lex.go): not inside of quotes, parentheses or
 * comments, and not at the line end that closes a comment.
 */
export function getDelimitedRegions(text: string, delimiter: Delimiter, end: number): Region[] {
  const regions: Region[] = [];
  let from = skipSpace(text, delimiter.start, end);
  let at = from;
  let depth = 0;
  while (at < end) {
    const character = text[at]!;
    if (depth === 0 && text.startsWith(delimiter.text, at)) {
      regions.push({ start: from, end: at });
      from = skipSpace(text, at + delimiter.text.length, end);
      at = from;
      continue;
    }
    if (character === '(') depth += 1;
    if (character === ')') depth = Math.max(0, depth - 1);
    const isFirst = at === from;
    const skipped = getSkipped(text, at);
    at = Math.min(end, skipped ?? at + 1);
    if (isFirst && skipped !== null && /[-/]/.test(character)) {
      from = skipSpace(text, at, end);
      at = from;
    }
  }
  if (from < end) regions.push({ start: from, end });
  return regions;
}

/** Where a literal, a quoted name or a comment ends; null where none begins, or it has no end. */
function getSkipped(text: string, at: number): number | null {
  const character = text[at]!;
  if (character === '$') {
    DOLLAR_QUOTE.lastIndex = at;
    const quote = DOLLAR_QUOTE.exec(text)?.[0];
    return quote === undefined ? null : getEnd(text, quote, at + quote.length);
  }
  if (character === "'" && /^e$/i.test(text[at - 1] ?? '')) {
    const length = /^'(?:\\[\s\S]|[^'\\])*'/.exec(text.slice(at))?.[0].length;
    return length === undefined ? null : at + length;
  }
  if (character === "'" || character === '"') return getEnd(text, character, at + 1);
  if (text.startsWith('--', at)) return getEnd(text, '\n', at + 2);
  return text.startsWith('/*', at) ? getEnd(text, '*/', at + 2) : null;
}

function getEnd(text: string, close: string, from: number): number | null {
  const found = text.indexOf(close, from);
  return found === -1 ? null : found + close.length;
}

function skipSpace(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && /\s/.test(text[next]!)) next += 1;
  return next;
}
