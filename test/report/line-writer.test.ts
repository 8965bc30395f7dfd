import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLineWriter } from '../../src/report/line-writer.js';

function createStream() {
  const written: string[] = [];
  return { written, stream: { write: (text: string) => written.push(text) > 0 } as never };
}

test('lines of one turn are written together, when what was begun in it is on its way', async () => {
  const { written, stream } = createStream();
  const writer = createLineWriter(stream);
  writer.write('one');
  await Promise.resolve();
  written.push('sent');
  writer.write('two');
  await setImmediate();
  writer.write('three');
  await setImmediate();
  expect(written).toEqual(['sent', 'one\ntwo\n', 'three\n']);
});

test('a flush writes what is left, once', async () => {
  const { written, stream } = createStream();
  const writer = createLineWriter(stream);
  writer.write('one');
  writer.flush();
  expect(written).toEqual(['one\n']);
  writer.flush();
  await setImmediate();
  expect(written).toEqual(['one\n']);
});
