import { cut } from './measure.js';
import { redact } from './redact.js';

// Strings, quoted names and dollar quotes first, so that a -- inside of one is not taken for a comment.
const TOKENS = /('(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[A-Za-z_]*\$)[\s\S]*?\2)|--[^\n]*|\/\*[\s\S]*?\*\/|\s+/g;
const TABLE =
  /^(CREATE (?:(?:UNLOGGED|TEMP|TEMPORARY|GLOBAL|LOCAL) )*TABLE (?:IF NOT EXISTS )?(?:\S*".*?"|\S+?)) ?\(/i;

/** A statement on one line of at most `width` characters, without its comments; passwords are blanked. */
export function renderSqlSummary(sql: string, width = 60): string {
  const head = sql.slice(0, 4000).replace(TOKENS, (_, quoted: string | undefined) => quoted ?? ' ');
  const line = redact(head.replace(/\s+/g, ' ').trim().replace(/;$/, ''));
  const table = TABLE.exec(line)?.[1];
  if (table === undefined) return cut(line, width);
  const partition = /\) ?(PARTITION BY .*)$/i.exec(line)?.[1];
  return cut(`${table} (…)${partition === undefined ? '' : ` ${partition}`}`, width);
}
