import { isFromServer, type PsqlVariables, renderVariableLiteral, renderVariableName } from './variables.js';

/** The arguments of a command in a script, and where they end. */
export interface PsqlArguments {
  readonly values: readonly string[];
  readonly end: number;
  /** Variables without a value: `strict` ones in whatever place, `plain` ones as `:name`, which psql leaves as it is. */
  readonly missing: { readonly strict: readonly string[]; readonly plain: readonly string[] };
  /** What cannot be carried out or read. */
  readonly problem: string | null;
}

const BLANKS = /[ \t\r\f\v]*/y;
const REFERENCE =
  /:(?:(?<plain>[\w\u0080-\uffff]+)|'(?<literal>[\w\u0080-\uffff]+)'|"(?<name>[\w\u0080-\uffff]+)"|\{\?(?<test>[\w\u0080-\uffff]+)\})/y;
const ESCAPE = /\\(?:x(?<hex>[0-9A-Fa-f]{1,2})|(?<octal>[0-7]{1,3})|(?<other>[\s\S]))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', r: '\r', f: '\f' };

/** Reads arguments as psql's own scanner does (psqlscanslash.l): to the end of the line or the next backslash. */
export function parsePsqlArguments(text: string, from: number, variables: PsqlVariables): PsqlArguments {
  const values: string[] = [];
  const strict: string[] = [];
  const plain: string[] = [];
  let problem: string | null = null;
  let at = from;

  const addReference = (): string | null => {
    REFERENCE.lastIndex = at;
    const found = REFERENCE.exec(text);
    if (found === null) return null;
    at += found[0].length;
    const { test, ...names } = found.groups!;
    if (test !== undefined) return variables.get(test) === undefined ? 'FALSE' : 'TRUE';
    const name = (names['plain'] ?? names['literal'] ?? names['name'])!;
    const value = variables.get(name);
    if (value === undefined) {
      (names['plain'] !== undefined && !isFromServer(name) ? plain : strict).push(name);
      return found[0];
    }
    if (names['literal'] !== undefined) return renderVariableLiteral(value);
    return names['name'] === undefined ? value : renderVariableName(value);
  };

  const parseQuoted = (): string => {
    let value = '';
    for (at += 1; at < text.length && text[at] !== '\n'; ) {
      if (text[at] === "'" && text[at + 1] !== "'") {
        at += 1;
        return value;
      }
      if (text[at] === '\\') {
        ESCAPE.lastIndex = at;
        const { hex, octal, other } = ESCAPE.exec(text)?.groups ?? {};
        const code = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
        at = Math.max(at + 1, ESCAPE.lastIndex);
        value += Number.isNaN(code) ? (ESCAPES[other ?? ''] ?? other ?? '') : String.fromCharCode(code);
      } else {
        value += text[at];
        at += text[at] === "'" ? 2 : 1;
      }
    }
    problem ??= 'a quote that does not end on its line';
    return value;
  };

  for (;;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)![0].length;
    if (at >= text.length || text[at] === '\n' || text[at] === '\\') break;
    let value = '';
    while (at < text.length && !/[ \t\r\n\f\v\\]/.test(text[at]!)) {
      const char = text[at]!;
      const reference = char === ':' ? addReference() : null;
      if (reference !== null) value += reference;
      else if (char === "'") value += parseQuoted();
      else if (char === '"') {
        const close = text.indexOf('"', at + 1);
        const end = close === -1 ? text.length : close + 1;
        value += text.slice(at, end);
        at = end;
      } else {
        if (char === '`') problem ??= 'a shell command between backquotes';
        value += char;
        at += 1;
      }
    }
    values.push(value);
  }
  return { values, end: getCommandEnd(text, at), missing: { strict, plain }, problem };
}

/** Behind the `\\` that ends a command, if there is one. */
function getCommandEnd(text: string, at: number): number {
  return text.startsWith('\\\\', at) ? at + 2 : at;
}
