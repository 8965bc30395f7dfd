import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { getFlywayChecksum } from '../../src/ledgers/checksums.js';
import type { LedgerTool } from '../../src/model/tool-ledger.js';
import { createToolFiles, TOOL_SQL } from '../support/tool-folders.js';
import { getSaid, readTool } from './support.js';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

const getFile = (tool: LedgerTool, at: number): string =>
  Object.entries(createToolFiles(tool, 3)).filter(([name]) => !/down|toml|meta/.test(name))[at]![1];

/** A folder whose first file is another one. */
const readChanged = (tool: LedgerTool) =>
  readTool(tool, createToolFiles(tool, 3, ['CREATE TABLE other (id int);', ...TOOL_SQL.slice(1)]));

/** The folder as Git gives it out on Windows. */
const readCrlf = (tool: LedgerTool) =>
  readTool(
    tool,
    Object.fromEntries(
      Object.entries(createToolFiles(tool, 3)).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')]),
    ),
  );

describe('Prisma', () => {
  const row = (at: number, more = {}) => ({
    name: `2024010203040${at + 1}_step`,
    checksum: hash('sha256', getFile('prisma', at)),
    finished: true,
    rolled_back: false,
    ...more,
  });

  test('counts what finished and was not rolled back', async () => {
    const rows = [
      row(0),
      row(1, { rolled_back: true, finished: false }),
      row(1),
      row(2, { rolled_back: true }),
    ];
    expect(getSaid('prisma', await readTool('prisma'), rows)).toEqual({
      applied: ['20240102030401_step', '20240102030402_step'],
    });
  });

  test('tells what failed, unless it was rolled back', async () => {
    expect(getSaid('prisma', await readTool('prisma'), [row(0), row(1, { finished: false })])).toEqual({
      applied: ['20240102030401_step'],
      unfinished: ['20240102030402_step'],
    });
  });

  test('tells a changed file; line ends do not count, nor do zeros that old versions left out', async () => {
    expect(getSaid('prisma', await readChanged('prisma'), [row(0)])).toMatchObject({
      changed: ['20240102030401_step/migration.sql'],
    });
    expect(getSaid('prisma', await readCrlf('prisma'), [row(0)])).toEqual({
      applied: ['20240102030401_step'],
    });
    const digest = createHash('sha256').update(getFile('prisma', 0)).digest();
    const old = [...digest].map((byte) => byte.toString(16)).join('');
    expect(getSaid('prisma', await readTool('prisma'), [row(0, { checksum: old })])).toEqual({
      applied: ['20240102030401_step'],
    });
  });
});

describe('sqlx', () => {
  const row = (at: number, success = true) => ({
    version: `2024010203040${at + 1}`,
    success,
    checksum: hash('sha384', getFile('sqlx', at)),
  });

  test('counts what succeeded, and tells what did not, and what changed', async () => {
    expect(getSaid('sqlx', await readTool('sqlx'), [row(0), row(1, false)])).toEqual({
      applied: ['20240102030401'],
      unfinished: ['20240102030402'],
    });
    expect(getSaid('sqlx', await readChanged('sqlx'), [row(0), row(1)])).toEqual({
      applied: ['20240102030401', '20240102030402'],
      changed: ['20240102030401_a_step.up.sql'],
    });
  });
});

describe('Drizzle', () => {
  const row = (at: number) => ({
    at: String(1_700_000_000_000 + at * 1000),
    hash: hash('sha256', getFile('drizzle', at)),
  });

  test('counts what has a row with its time in the journal', async () => {
    expect(getSaid('drizzle', await readTool('drizzle'), [row(0), row(2)])).toEqual({
      applied: ['0000_step', '0002_step'],
    });
  });

  test('tells what changed, and the date of what the journal lacks', async () => {
    expect(getSaid('drizzle', await readChanged('drizzle'), [row(0)])).toMatchObject({
      changed: ['0000_step.sql'],
    });
    expect(getSaid('drizzle', await readTool('drizzle'), [{ at: '1600000000000', hash: '' }])).toEqual({
      applied: [],
      unknown: ['1600000000000 (2020-09-13T12:26:40.000Z)'],
    });
  });
});

describe('Flyway', () => {
  test.skipIf(crc32 === undefined)(
    'takes the CRC-32 of the lines without their ends, as a signed number',
    () => {
      expect(getFlywayChecksum('a\nb\r\nc\rd')).toBe(crc32('abcd') | 0);
      expect(getFlywayChecksum('')).toBe(0);
      expect(getFlywayChecksum('Zürich 🛒')).toBe(crc32('Zürich 🛒') | 0);
    },
  );
});
