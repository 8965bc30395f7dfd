import type { PsqlToken } from './tokens.js';

/** The statement in psql's query buffer, as far as psql itself looks at it. */
export interface PsqlStatement {
  /** True from its first token on. */
  readonly isOpen: boolean;
  /** True inside of `[…]`, where `:"x"` may be the end of a slice. */
  readonly isInBrackets: boolean;
  /** True where the rows of a COPY … FROM STDIN follow it. */
  readonly isCopyFromStdin: boolean;
  /** Takes a token; true where it ends the statement. */
  add(kind: PsqlToken['kind'], text: string): boolean;
}

const ROUTINE_WORDS = new Set(['create', 'or', 'replace', 'function', 'procedure']);
const ROUTINE = /^c(?:or)?[fp]/;

/** Begins a statement. */
export function createPsqlStatement(): PsqlStatement {
  let isOpen = false;
  let parentheses = 0;
  let brackets = 0;
  let words = 0;
  // First letters of the first words: enough for psql to know CREATE [OR REPLACE] FUNCTION | PROCEDURE.
  let initials = '';
  let blocks = 0;
  let copy: 'none' | 'copy' | 'from' | 'stdin' = 'none';

  const addWord = (word: string): void => {
    if (words === 0) copy = word === 'copy' ? 'copy' : 'none';
    else if (copy === 'from') copy = word === 'stdin' ? 'stdin' : 'none';
    else if (copy === 'copy' && word === 'from' && parentheses === 0) copy = 'from';
    if (initials.length === words && words < 4 && ROUTINE_WORDS.has(word)) initials += word[0];
    words += 1;
    if (!ROUTINE.test(initials) || parentheses > 0) return;
    if (word === 'begin' || (word === 'case' && blocks > 0)) blocks += 1;
    else if (word === 'end' && blocks > 0) blocks -= 1;
  };

  return {
    get isOpen() {
      return isOpen;
    },
    get isInBrackets() {
      return brackets > 0;
    },
    get isCopyFromStdin() {
      return copy === 'stdin';
    },
    add(kind, text) {
      if (kind === 'blank' || kind === 'line-end') return false;
      if (kind === 'semicolon' && parentheses === 0 && blocks === 0) return true;
      isOpen = true;
      if (kind === 'word') addWord(text.toLowerCase());
      else if (copy === 'from') copy = 'none';
      if (kind === 'open') parentheses += 1;
      if (kind === 'close' && parentheses > 0) parentheses -= 1;
      if (kind === 'open-bracket') brackets += 1;
      if (kind === 'close-bracket' && brackets > 0) brackets -= 1;
      // What follows a `\;` is a statement of its own in the same message.
      if (kind === 'escaped' && text === '\\;') {
        words = 0;
        initials = '';
        copy = 'none';
      }
      return false;
    },
  };
}
