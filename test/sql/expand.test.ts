import { describe, expect, it } from 'vitest';
import type { Substitution } from '../../src/model/history.js';
import { expandRegion, getExpandedText } from '../../src/sql/expand.js';
import { createRandom, parse } from '../support/histories.js';

/** Every `${name}` of a text by its value. */
function getSubstitutions(text: string, values: Readonly<Record<string, string>>): Substitution[] {
  return [...text.matchAll(/\$\{(\w+)\}/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: values[match[1]!]!,
  }));
}

describe('placeholders', () => {
  const text = `create table \${schema}.é (a text default '\${empty}');\n\${all}\nselect '\${schema}'; select 2`;
  const values = { schema: 'app_😀', empty: '', all: 'create table x ();\ncreate table y ();' };
  const substitutions = getSubstitutions(text, values);

  it('are replaced in what PostgreSQL gets', async () => {
    const statements = await parse({ text, substitutions });
    expect(statements.map(({ sql }) => sql)).toEqual([
      "create table app_😀.é (a text default '')",
      'create table x ()',
      'create table y ()',
      "select 'app_😀'",
      'select 2',
    ]);
  });

  it('leave every statement where it stands in the file', async () => {
    const statements = await parse({ text, substitutions });
    expect(statements.map(({ line, column }) => `${line}:${column}`)).toEqual([
      '1:1',
      '2:1',
      '2:1',
      '3:1',
      '3:21',
    ]);
    const spans = statements.map((statement) => getExpandedText(text, statement, substitutions));
    expect(spans[0]).toBe(statements[0]!.sql);
    expect(spans[3]).toBe(statements[3]!.sql);
    expect(spans[4]).toBe(statements[4]!.sql);
  });

  it('count in the digest by their value', async () => {
    const placed = `select \${a}`;
    const of = async (name: string) =>
      (await parse({ text: placed, substitutions: getSubstitutions(placed, { a: name }) }))[0]!;
    expect((await of('x')).digest).toBe((await parse('select x'))[0]!.digest);
    expect((await of('x')).digest).not.toBe((await of('y')).digest);
  });

  it('of another region are left alone', () => {
    const twice = `select '\${a}'; select '\${a}'`;
    const both = getSubstitutions(twice, { a: 'longer than before' });
    expect(expandRegion(twice, { start: 15, end: twice.length }, both).text).toBe(
      "select 'longer than before'",
    );
  });
});

describe('the way back into the file', () => {
  it('leads every character outside of a value to itself, and a value to its placeholder', () => {
    const random = createRandom(3);
    for (let round = 0; round < 200; round += 1) {
      const pieces = Array.from({ length: 1 + random(6) }, () => random(3));
      let text = '';
      const substitutions: Substitution[] = [];
      const wanted: { readonly character: string; readonly at: number }[] = [];
      for (const piece of pieces) {
        if (piece === 0) {
          const value = 'V'.repeat(random(4));
          const start = text.length;
          text += `\${p}`;
          substitutions.push({ start, end: text.length, text: value });
          for (const character of value) wanted.push({ character, at: start });
        } else {
          for (const character of 'abc'.slice(0, piece)) {
            wanted.push({ character, at: text.length });
            text += character;
          }
        }
      }
      const expanded = expandRegion(text, { start: 0, end: text.length }, substitutions);
      expect(expanded.text).toBe(wanted.map(({ character }) => character).join(''));
      const found = wanted.map((_, offset) => expanded.getFileOffset(offset));
      expect({ text, substitutions, found }).toEqual({
        text,
        substitutions,
        found: wanted.map(({ at }) => at),
      });
    }
  });

  it('leads the end of a region to its end, also behind a value', () => {
    const text = `ab\${p}`;
    const expanded = expandRegion(text, { start: 0, end: 6 }, [{ start: 2, end: 6, text: 'xyz' }]);
    expect(expanded.getFileOffset(5)).toBe(6);
  });
});
