import type { Region } from '../../model/history.js';
import type { PsqlDraft } from './script.js';
import { createPsqlStatement, type PsqlStatement } from './statement.js';
import type { PsqlTokenKind } from './tokens.js';

/** The stretches of one file that psql sends, while the file is read; all offsets are the file's own. */
export interface PsqlStretches {
  readonly statement: PsqlStatement;
  /** Takes a token that ends at `end`; true where it ends the statement. */
  add(kind: PsqlTokenKind, text: string, end: number): boolean;
  /** What is sent from here on is a new statement; the rows of a COPY … FROM STDIN begin on the next line. */
  endStatement(end: number): void;
  substitute(start: number, end: number, text: string): void;
  /** Leaves a stretch out, in the middle of a statement or between two. */
  cut(start: number, end: number): void;
  /**
   * Takes a line as a statement of its own, with `COPY` for `\copy`, and with the given rows (offsets in the whole
   * script). Default: those behind it.
   */
  addCopy(start: number, nameEnd: number, lineEnd: number, rows?: Region['rows']): void;
  /** Where to go on where rows stand at an offset; `isWhole` is false where they stand in the middle of a statement. */
  skipRows(at: number): { readonly next: number; readonly isWhole: boolean } | null;
}

/** Begins with nothing sent. */
export function createPsqlStretches(
  draft: Pick<PsqlDraft, 'regions' | 'substitutions'>,
  text: string,
  base: number,
): PsqlStretches {
  let statement = createPsqlStatement();
  let from = 0;
  let hasSql = false;
  let waiting: { readonly start: number; readonly next: number } | null = null;

  const close = (end: number, rows?: Region['rows']): void => {
    const given = rows === undefined ? {} : { rows };
    if (hasSql) draft.regions.push({ start: base + from, end: base + end, ...given });
    hasSql = false;
    from = end;
  };
  const closeWithRows = (end: number): void => {
    const lineEnd = text.indexOf('\n', end);
    const start = waiting?.next ?? (lineEnd === -1 ? text.length : lineEnd + 1);
    const rows = getRows(text, start);
    close(end, { start: base + start, end: base + rows.end });
    waiting = { start: waiting?.start ?? start, next: rows.next };
  };
  const substitute = (start: number, end: number, value: string): void => {
    draft.substitutions.push({ start: base + start, end: base + end, text: value });
  };
  const endStatement = (end: number): void => {
    if (statement.isCopyFromStdin) closeWithRows(end);
    statement = createPsqlStatement();
  };

  return {
    get statement() {
      return statement;
    },
    endStatement,
    substitute,
    add(kind, token, end) {
      const isEnd = statement.add(kind, token);
      hasSql ||= statement.isOpen;
      if (isEnd) endStatement(end);
      return isEnd;
    },
    cut(start, end) {
      // The lines behind it keep their numbers.
      if (statement.isOpen) substitute(start, end, text.slice(start, end).replace(/[^\n]+/g, ''));
      else {
        close(start);
        from = end;
      }
    },
    addCopy(start, nameEnd, lineEnd, rows) {
      close(start);
      substitute(start, nameEnd, 'COPY');
      hasSql = true;
      if (rows === undefined) closeWithRows(lineEnd);
      else close(lineEnd, rows);
    },
    skipRows(at) {
      if (waiting === null || at < waiting.start) return null;
      const { start, next } = waiting;
      const isWhole = at === start && !statement.isOpen;
      close(start);
      from = next;
      waiting = null;
      return { next, isWhole };
    },
  };
}

/** The rows from an offset to a line `\.` or the end of the file, and where what follows begins. */
function getRows(text: string, start: number): { readonly end: number; readonly next: number } {
  for (let at = start; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const next = lineEnd === -1 ? text.length : lineEnd + 1;
    if (text.startsWith('\\.', at) && text.slice(at + 2, next).trim() === '') return { end: at, next };
    const found = text.indexOf('\n\\.', at);
    at = found === -1 ? text.length : found + 1;
  }
  return { end: text.length, next: text.length };
}
