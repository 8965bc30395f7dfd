import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import { readSettingsFile } from '../../src/settings/read.js';
import type { SettingsFile } from '../../src/settings/settings-file.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-settings-file-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const write = (text: string | object): Promise<void> =>
  writeFile(join(dir, 'plinth.json'), typeof text === 'string' ? text : JSON.stringify(text, null, 2));

const read = (): Promise<SettingsFile> => readSettingsFile(join(dir, 'plinth.json'), 'plinth.json');

async function readError(): Promise<PlinthError> {
  const error = await read().catch((cause: unknown) => cause);
  if (!isPlinthError(error)) throw error;
  return error;
}

describe('a file that is not right', () => {
  test('each problem has its line, in the order of the lines', async () => {
    await write('{\n  "services": {\n    "a": { "tabels": ["x"] }\n  },\n\n  "formt": "goose"\n}\n');
    expect(await readError()).toMatchObject({
      code: 'SETTINGS_INVALID',
      args: {
        file: 'plinth.json',
        problems: [
          { path: 'services.a', line: 3, message: 'services.a lacks tables' },
          { path: 'services.a.tabels', line: 3 },
          { path: 'formt', line: 6 },
        ],
      },
    });
  });

  test.each([
    ['{"migrations": "db",}', 'the comma before this is one too many', 1, 21],
    ['{\n  "a": 1\n  "b": 2\n}', 'a comma is missing before this', 3, 3],
    ['{"a" 1}', 'a colon is missing here', 1, 6],
    ['', 'a value is missing here', 1, 1],
    ['{"a": 1', 'a closing brace is missing here', 1, 8],
    ['{"a": ["b"}', 'a comma is missing', 1, 11],
    ['{"a": "b\n"}', 'the text that begins here does not end on its line', 1, 7],
    ["{'a': 1}", 'names and texts stand in double quotes', 1, 2],
    ['// settings\n{}', 'JSON has no comments', 1, 1],
    ['{} {}', 'the file should end here', 1, 4],
    ['{"a": "\\x"}', 'an escape in this text is none of JSON', 1, 7],
    ['{"a": "\t"}', 'a control character', 1, 7],
    ['{"migrations": db}', 'this is no JSON', 1, 16],
  ])('%j: %s', async (text, words, line, column) => {
    await write(text);
    const error = await readError();
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID', place: { file: 'plinth.json', line, column } });
    expect(error.message).toContain(words);
  });

  test('what JSON.parse refuses is never taken, and what it takes is', async () => {
    for (const text of [
      '{"a":01}',
      '{"a":+1}',
      '{"a":.5}',
      '{"a":NaN}',
      '{"a":1e}',
      '\u00A0{}',
      '{"a":"\\u12"}',
    ]) {
      await write(text);
      expect(() => JSON.parse(text)).toThrow();
      expect(await readError()).toMatchObject({ code: 'SETTINGS_INVALID' });
    }
  });

  test('a byte order mark does no harm, bytes that are no UTF-8 do', async () => {
    await write('\uFEFF{"ledger": "l",\n"x": 1}');
    expect(await readError()).toMatchObject({ args: { problems: [{ line: 2 }] } });
    await write('\uFEFF{"ledger": "l"}');
    expect(await read()).toMatchObject({ ledger: 'l' });
    await writeFile(join(dir, 'plinth.json'), Buffer.from('{"ledger": "l"}', 'utf16le'));
    expect(await readError()).toMatchObject({ code: 'SETTINGS_INVALID' });
    await writeFile(join(dir, 'plinth.json'), Buffer.from('{"ledger": "é"}', 'latin1'));
    expect(await readError()).toMatchObject({ code: 'FILE_NOT_UTF8' });
  });

  test('shows no password of a line that it shows', async () => {
    await write('{\n"targets": {"ci": {"url": "postgres://a:hunter2@b"}}\n"x": 1}');
    const error = await readError();
    expect(error.place?.excerpt).toHaveLength(2);
    expect(JSON.stringify(error.place) + error.message).not.toContain('hunter2');
    await write({ targets: { ci: { url: 'postgres://a:hunter2@b' } } });
    const { place, message, args } = await readError();
    expect(JSON.stringify([place, message, args])).not.toContain('hunter2');
  });
});
