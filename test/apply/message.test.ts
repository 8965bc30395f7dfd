import { expect, test } from 'vitest';
import { createMessage, getFailedPart, getUtf16Offset } from '../../src/apply/message.js';
import { createSteps } from '../support/plans.js';

const [migration] = createSteps([
  { name: '1.sql', steps: ["select 'é😀', a\n  from b", "insert into c values ('😀😀')"] },
]);
const [first, second] = migration!.steps;
const message = createMessage([
  { sql: 'begin', step: null },
  { sql: first!.sql, step: first! },
  { sql: second!.sql, step: second! },
  { sql: 'commit', step: null },
]);
/** As PostgreSQL counts: 1-based, in code points. */
const getPosition = (needle: string): string =>
  String([...message.text.slice(0, message.text.indexOf(needle))].length + 1);

test('a position after characters beyond the BMP lands on the right character', () => {
  const failed = getFailedPart(message, { position: getPosition('b\n;'), completed: 1 });
  expect(failed?.part.step).toBe(first);
  expect(first!.sql.slice(failed!.offset!)).toBe('b');
});

test('without a position the count of ended statements tells which one failed', () => {
  expect(getFailedPart(message, { completed: 2 })).toEqual({
    part: { sql: second!.sql, step: second },
    offset: null,
  });
  expect(getFailedPart(message, { completed: 3 })?.part.step).toBeNull();
  expect(getFailedPart(message, { completed: 4 })).toBeNull();
});

test('a text that does not parse fails before anything runs: the position alone decides', () => {
  const failed = getFailedPart(message, { position: getPosition('c values'), completed: 0 });
  expect(failed?.part.step).toBe(second);
  expect(second!.sql.slice(failed!.offset!)).toMatch(/^c values/);
});

test('a position in another statement than the one that ran is not believed', () => {
  expect(getFailedPart(message, { position: '1', completed: 1 })).toEqual({
    part: { sql: first!.sql, step: first },
    offset: null,
  });
});

test('offsets beyond the end stay at the end', () => {
  expect(getUtf16Offset('a😀b', 2)).toBe(3);
  expect(getUtf16Offset('a😀b', 99)).toBe(4);
});
