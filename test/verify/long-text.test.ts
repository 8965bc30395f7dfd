import { expect, test } from 'vitest';
import { getKeptText, isKeptText } from '../../src/verify/long-text.js';

const BODY = 'begin\n  perform 1;\n'.repeat(20);

test('a long body is kept as a digest, whatever its line ends', () => {
  const kept = getKeptText('body', BODY);
  expect(kept).toMatch(/^sha256:[0-9a-f]{16}$/);
  expect(isKeptText('body', kept, BODY.replaceAll('\n', '\r\n'))).toBe(true);
  expect(isKeptText('body', kept, `${BODY} `)).toBe(false);
});

test('short texts, and those that must be parsed, are kept as they are', () => {
  expect(getKeptText('body', 'select 1')).toBe('select 1');
  expect(getKeptText('definition', BODY)).toBe(BODY);
  expect(isKeptText('body', 'select 1', 'select 1')).toBe(false);
});

test('a text that looks like a digest is not taken for one', () => {
  const text = `sha256:${'0'.repeat(16)}`;
  expect(getKeptText('comment', text)).not.toBe(text);
  expect(isKeptText('default', text, text)).toBe(false);
});
