import { cut } from './measure.js';
import { redact } from './redact.js';

// Strings, quoted names and dollar quotes first, so that a -- inside of one is not taken for a comment.
const TOKENS = /('(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[A-Za-z_]*\$)[\s\S]*?\2)|--[^\n]*|\/\*[\s\S]*?\*\/|\s+/g;
const TABLE =
  /^(CREATE (?:(?:UNLOGGED|TEMP|TEMPORARY|GLOBAL|LOCAL) )*TABLE (?:IF NOT EXISTS )?(?:"(?:[^"]|"")*"|[^\s("])+) ?\(/i;

/** A statement on one line of at most `width` characters, without its comments; passwords are blanked. */
export function renderSqlSummary(sql: string, width = 60): string {
  // The body of a function says little in so few words; that of a DO block is all that it has.
  const isBlock = /^\s*DO\b/i.test(sql);
  const head = sql
    .slice(0, 4000)
    .replace(isBlock ? /\$[A-Za-z_]*\$/g : /^$/, ' ')
    .replace(TOKENS, (_, quoted: string | undefined, tag: string | undefined) =>
      tag === undefined ? (quoted ?? ' ') : '$$…$$',
    );
  const line = redact(head.replace(/\s+/g, ' ').trim().replace(/;$/, ''));
  const table = TABLE.exec(line)?.[1];
  if (table === undefined) return cut(line, width);
  const partition = /\) ?(PARTITION BY .*)$/i.exec(line)?.[1];
  return cut(`${table} (…)${partition === undefined ? '' : ` ${partition}`}`, width);
}
