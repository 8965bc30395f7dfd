import type { SourcePlace } from '../model/finding.js';

/**
 * Converts between the four ways to count places in one text: UTF-8 bytes (libpg-query), code points
 * (PostgreSQL's error position), UTF-16 units (JavaScript) and 1-based line and column (people).
 */
export interface Positions {
  /** UTF-16 offset of a UTF-8 byte offset. */
  getOffsetOfByte(byte: number): number;
  /** UTF-16 offset of a 0-based count of code points. */
  getOffsetOfCharacter(character: number): number;
  /** 1-based line and column (in code points) of a UTF-16 offset. */
  getLineAndColumn(offset: number): { readonly line: number; readonly column: number };
}

/** Prepares the conversions for one text; each lookup costs a binary search. */
export function createPositions(text: string): Positions {
  return IS_ASCII.test(text) ? createAsciiPositions(text) : createWidePositions(text);
}

const IS_ASCII = /^[\0-\x7f]*$/;

/** Where all ways of counting are the same. */
function createAsciiPositions(text: string): Positions {
  const lines: number[] = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1);
  const getOffset = (wanted: number): number => Math.max(0, Math.min(wanted, text.length));
  return {
    getOffsetOfByte: getOffset,
    getOffsetOfCharacter: getOffset,
    getLineAndColumn: (offset) => {
      const line = getLastAtMost(lines, offset);
      return { line: line + 1, column: Math.min(offset, text.length) - lines[line]! + 1 };
    },
  };
}

function createWidePositions(text: string): Positions {
  // Checkpoints every 256 UTF-16 units keep both the table and the walks short.
  const step = 256;
  const bytes: number[] = [];
  const characters: number[] = [];
  const offsets: number[] = [];
  const lines: number[] = [0];
  let byte = 0;
  let character = 0;
  for (let offset = 0; offset < text.length; ) {
    if (offset >= offsets.length * step) {
      offsets.push(offset);
      bytes.push(byte);
      characters.push(character);
    }
    const point = text.codePointAt(offset)!;
    if (point === 10) lines.push(offset + 1);
    offset += point > 0xffff ? 2 : 1;
    byte += getByteLength(point);
    character += 1;
  }

  const walk = (marks: readonly number[], wanted: number, weigh: (point: number) => number): number => {
    const mark = Math.max(0, getLastAtMost(marks, wanted));
    let offset = offsets[mark] ?? 0;
    let count = marks[mark] ?? 0;
    while (offset < text.length && count < wanted) {
      const point = text.codePointAt(offset)!;
      count += weigh(point);
      offset += point > 0xffff ? 2 : 1;
    }
    return offset;
  };

  return {
    getOffsetOfByte: (wanted) => walk(bytes, wanted, getByteLength),
    getOffsetOfCharacter: (wanted) => walk(characters, wanted, () => 1),
    getLineAndColumn: (offset) => {
      const line = getLastAtMost(lines, offset);
      return { line: line + 1, column: [...text.slice(lines[line]!, offset)].length + 1 };
    },
  };
}

/** The line of a place with one before and one after it, for messages that point into a file. */
export function getSourcePlace(file: string, text: string, offset: number): SourcePlace {
  const { line, column } = createPositions(text).getLineAndColumn(offset);
  const lines = text.split('\n');
  const first = Math.max(1, line - 1);
  const excerpt = lines
    .slice(first - 1, line + 1)
    .map((content, index) => [first + index, content.replace(/\r$/, '')] as const);
  return { file, line, column, excerpt };
}

function getByteLength(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function getLastAtMost(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
