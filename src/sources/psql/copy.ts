import { findIncludedFile } from './include.js';
import type { PsqlReading } from './reading.js';
import { getIncludedText, type PsqlPlace } from './script.js';
import { getPsqlToken } from './tokens.js';

/** Where the rows of a `\copy … from` come from; `start` and `end` are the name's in the line. */
type CopySource =
  | { readonly type: 'stdin' }
  | { readonly type: 'file'; readonly name: string; readonly start: number; readonly end: number }
  | { readonly type: 'other'; readonly why: string };

/**
 * Makes a COPY … FROM STDIN of the line `\copy …` at a place: its rows stand behind it, or are all of a file in the
 * folder. Notes what else it would do.
 */
export async function runPsqlCopy(
  reading: PsqlReading,
  place: PsqlPlace,
  nameEnd: number,
  lineEnd: number,
): Promise<void> {
  const { draft, text, stretches } = reading;
  const source = parseCopySource(text.slice(nameEnd, lineEnd));
  if (source.type === 'stdin') {
    stretches.addCopy(place.offset, nameEnd, lineEnd);
    return;
  }
  if (source.type === 'file') {
    const found = await findIncludedFile(reading, '\\copy', source.name, false, place);
    const rows = found === null ? null : await getIncludedText(draft, found);
    if (found !== null && rows !== null) {
      const start = draft.addFile(found, rows);
      stretches.addCopy(place.offset, nameEnd, lineEnd, { start, end: start + rows.length });
      stretches.substitute(nameEnd + source.start, nameEnd + source.end, 'STDIN');
      return;
    }
  } else {
    const advice =
      'Put the rows behind it (\\copy … from stdin, then the rows, then a line \\.), or into a file.';
    draft.reject(place, `\\copy ${source.why}`, advice);
  }
  stretches.cut(place.offset, lineEnd);
}

// parse_slash_copy in psql's copy.c.
function parseCopySource(line: string): CopySource {
  let depth = 0;
  let isFrom = false;
  for (let at = 0; at < line.length; ) {
    const token = getPsqlToken(line, at);
    const source = line.slice(token.start, token.end);
    const word = token.kind === 'word' ? source.toLowerCase() : '';
    at = token.end;
    if (token.kind === 'blank') continue;
    if (isFrom && word === 'stdin') return { type: 'stdin' };
    if (isFrom && word === 'program') return { type: 'other', why: 'runs a program' };
    if (isFrom && word === 'pstdin') return { type: 'other', why: "reads psql's own input" };
    if (isFrom) return parseFileName(line, token.start);
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    isFrom = depth === 0 && word === 'from';
  }
  return { type: 'other', why: 'writes rows to wherever psql runs' };
}

function parseFileName(line: string, start: number): CopySource {
  const found = /^(?:'((?:[^']|'')*)'|\S+)/.exec(line.slice(start))!;
  const name = found[1]?.replaceAll("''", "'") ?? found[0].replace(/;$/, '');
  return { type: 'file', name, start, end: start + (found[1] === undefined ? name.length : found[0].length) };
}
