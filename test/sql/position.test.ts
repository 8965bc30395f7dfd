import { describe, expect, it } from 'vitest';
import { createPositions, getSourcePlace } from '../../src/sql/position.js';
import { createRandom } from '../support/histories.js';

const CHARACTERS = [
  'a',
  ' ',
  '\n',
  '\r\n',
  '\t',
  'é',
  '漢',
  '😀',
  '\u0301',
  '\r',
  ';',
  '\ufffd',
  '\u{10ffff}',
];

function createText(random: (below: number) => number, length: number): string {
  return Array.from({ length }, () => CHARACTERS[random(CHARACTERS.length)]!).join('');
}

describe('places in a text', () => {
  it('are found from bytes, code points and back to lines, as counting by hand has it', () => {
    const random = createRandom(7);
    for (const length of [0, 1, 2, 3, 40, 255, 256, 257, 1000, 3000]) {
      const text = createText(random, length);
      const positions = createPositions(text);
      const points = [...text];
      let offset = 0;
      let byte = 0;
      let line = 1;
      let column = 1;
      for (const [character, point] of [...points, ''].entries()) {
        expect(positions.getOffsetOfByte(byte)).toBe(offset);
        expect(positions.getOffsetOfCharacter(character)).toBe(offset);
        expect(positions.getLineAndColumn(offset)).toEqual({ line, column });
        offset += point.length;
        byte += Buffer.byteLength(point);
        line += point === '\n' ? 1 : 0;
        column = point === '\n' ? 1 : column + 1;
      }
    }
  });

  it.each([
    ['é', 'é|x', 2, 1],
    ['漢', '漢|x', 3, 1],
    ['😀', '😀|x', 4, 1],
    ['a tab', '\t|x', 1, 1],
    ['an accent on its own', 'e\u0301|x', 3, 2],
  ])('after %s: bytes and code points differ, the column counts code points', (_name, text, byte, points) => {
    const offset = text.indexOf('|');
    const positions = createPositions(text);
    expect(positions.getOffsetOfByte(byte)).toBe(offset);
    expect(positions.getOffsetOfCharacter(points)).toBe(offset);
    expect(positions.getLineAndColumn(offset)).toEqual({ line: 1, column: points + 1 });
  });

  it('a carriage return ends no line of its own', () => {
    const positions = createPositions('ab\r\ncd\re\nf');
    expect(positions.getLineAndColumn(4)).toEqual({ line: 2, column: 1 });
    expect(positions.getLineAndColumn(7)).toEqual({ line: 2, column: 4 });
    expect(positions.getLineAndColumn(9)).toEqual({ line: 3, column: 1 });
  });

  it('beyond the end is the end', () => {
    const positions = createPositions('é😀');
    expect(positions.getOffsetOfByte(99)).toBe(3);
    expect(positions.getOffsetOfCharacter(99)).toBe(3);
  });
});

describe('the lines around a place', () => {
  it('are the line itself with one before and one after, without their carriage returns', () => {
    const text = 'one\r\ntwo\r\nthree\r\nfour\r\n';
    expect(getSourcePlace('f.sql', text, text.indexOf('three') + 2)).toEqual({
      file: 'f.sql',
      line: 3,
      column: 3,
      excerpt: [
        [2, 'two'],
        [3, 'three'],
        [4, 'four'],
      ],
    });
  });

  it('are fewer at the beginning and at the end of a file', () => {
    expect(getSourcePlace('f', 'a\nb', 0).excerpt).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(getSourcePlace('f', 'a\nb', 3).excerpt).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(getSourcePlace('f', '', 0)).toMatchObject({ line: 1, column: 1, excerpt: [[1, '']] });
  });
});
