import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDirectoryFolder, createMemoryFolder } from '../../src/sources/folder.js';
import { getLines } from '../../src/sources/lines.js';
import { parseText } from '../../src/sources/text.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text = ''): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('lists all files below, bytewise, without node_modules and .git', async () => {
  for (const path of [
    'b.sql',
    'a/z.sql',
    'B.sql',
    'a.sql',
    '.x',
    'ä.sql',
    'node_modules/p/x.sql',
    'a/.git/y.sql',
  ]) {
    write(path);
  }
  const folder = createDirectoryFolder(root);
  expect(await folder.list()).toEqual(['.x', 'B.sql', 'a.sql', 'a/z.sql', 'b.sql', 'ä.sql']);
});

test('follows links, once, and lists those that lead nowhere', async () => {
  write('..data/1.sql', 'SELECT 1');
  symlinkSync(join('..data', '1.sql'), join(root, '1.sql'));
  symlinkSync('.', join(root, 'again'));
  symlinkSync('nowhere', join(root, 'dangling'));
  const folder = createDirectoryFolder(root);
  expect(await folder.list()).toEqual(['1.sql', 'dangling']);
  expect(new TextDecoder().decode(await folder.read('1.sql'))).toBe('SELECT 1');
  await expect(folder.read('dangling')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('takes a single .sql file for a folder of one', async () => {
  write('x/schema.sql', 'SELECT 1');
  const folder = createDirectoryFolder(join(root, 'x/schema.sql'));
  expect(await folder.list()).toEqual(['schema.sql']);
  expect(new TextDecoder().decode(await folder.read('schema.sql'))).toBe('SELECT 1');
});

test('says what is missing or cannot be read', async () => {
  write('x.txt');
  await expect(createDirectoryFolder(join(root, 'none')).list()).rejects.toMatchObject({
    code: 'FOLDER_NOT_FOUND',
    args: { path: join(root, 'none') },
  });
  await expect(createDirectoryFolder(join(root, 'x.txt')).list()).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
  await expect(createDirectoryFolder(root).read('none.sql')).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
  await expect(createMemoryFolder({}).read('toString')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test.each([
  ['a byte that starts nothing', [0x61, 0xff, 0x62], 1],
  ['Latin-1', [0xc3, 0xa4, 0xe9, 0x20], 2],
  ['a sequence that is cut off', [0x61, 0xe2, 0x82], 1],
  ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 0],
  ['a replacement character of its own before it', [0xef, 0xbf, 0xbd, 0x61, 0x80], 4],
  ['a byte order mark before it', [0xef, 0xbb, 0xbf, 0x80], 3],
])('names the offset of %s', (_, bytes, offset) => {
  expect(() => parseText('x.sql', Uint8Array.from(bytes))).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_UTF8', args: { path: 'x.sql', offset } }),
  );
});

test('strips one byte order mark', () => {
  expect(parseText('x.sql', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
});

test('knows where each line starts', () => {
  expect(getLines('a\r\n\nb\r')).toEqual([
    { number: 1, text: 'a', start: 0, next: 3 },
    { number: 2, text: '', start: 3, next: 4 },
    { number: 3, text: 'b', start: 4, next: 6 },
  ]);
  expect(getLines('')).toEqual([]);
});
