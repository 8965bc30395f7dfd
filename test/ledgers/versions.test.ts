import { describe, expect, test } from 'vitest';
import { createToolFiles, TOOL_SQL } from '../support/tool-folders.js';
import { getSaid, readTool } from './support.js';

describe('goose', () => {
  const row = (version: number, is_applied = true) => ({ version: String(version), is_applied });

  test('counts what is applied, and not the version 0 of its table', async () => {
    expect(getSaid('goose', await readTool('goose'), [row(0), row(1), row(2)])).toEqual({
      applied: ['1', '2'],
    });
    expect(getSaid('goose', await readTool('goose'), [row(0)])).toEqual({ applied: [] });
  });

  test('takes the last row of a version: what went down is not applied, what came up again is', async () => {
    const rows = [row(0), row(1), row(2), row(2, false), row(3), row(3, false), row(3)];
    expect(getSaid('goose', await readTool('goose'), rows)).toEqual({ applied: ['1', '3'] });
  });

  test('names versions that the folder lacks, but not those of Go files', async () => {
    const files = { ...createToolFiles('goose', 2), '00003_rows.go': 'package migrations' };
    const rows = [row(0), row(1), row(3), row(77), row(78, false)];
    expect(getSaid('goose', await readTool('goose', files), rows)).toEqual({
      applied: ['1'],
      unknown: ['77'],
    });
  });
});

describe('golang-migrate', () => {
  test('counts all up to its version', async () => {
    const history = await readTool('golang-migrate');
    expect(getSaid('golang-migrate', history, [])).toEqual({ applied: [] });
    expect(getSaid('golang-migrate', history, [{ version: '2', dirty: false }])).toEqual({
      applied: ['1', '2'],
    });
  });

  test('tells a version that is dirty, and one that the folder lacks', async () => {
    const history = await readTool('golang-migrate');
    expect(getSaid('golang-migrate', history, [{ version: '3', dirty: true }])).toMatchObject({
      unfinished: ['3 (dirty)'],
    });
    expect(getSaid('golang-migrate', history, [{ version: '9', dirty: false }])).toEqual({
      applied: ['1', '2', '3'],
      unknown: ['9'],
    });
  });
});

describe('dbmate, Diesel and node-pg-migrate', () => {
  test.each([
    ['dbmate', 'version', '20240102030401', '20240102030403'],
    ['diesel', 'version', '20240102030401', '20240102030403'],
    ['node-pg-migrate', 'name', '1700000000000_step', '1700000000002_step'],
  ] as const)('%s counts each that its table has', async (tool, column, first, third) => {
    const rows = [first, third, '99_gone'].map((id) => ({ [column]: id }));
    expect(getSaid(tool, await readTool(tool), rows)).toEqual({
      applied: [first, third],
      unknown: ['99_gone'],
    });
  });

  test('node-pg-migrate may have run programs', async () => {
    const files = {
      ...createToolFiles('node-pg-migrate', 2),
      '1700000000009_rows.ts': 'export const up = (pgm) => {};',
    };
    const rows = ['1700000000000_step', '1700000000009_rows'].map((name) => ({ name }));
    expect(getSaid('node-pg-migrate', await readTool('node-pg-migrate', files), rows)).toEqual({
      applied: ['1700000000000_step'],
    });
  });
});

describe('a history with a changed file', () => {
  test('is told by dbmate no more than by goose: their tables have no checksum', async () => {
    const files = createToolFiles('dbmate', 2, ['SELECT 1;', ...TOOL_SQL.slice(1)]);
    expect(getSaid('dbmate', await readTool('dbmate', files), [{ version: '20240102030401' }])).toEqual({
      applied: ['20240102030401'],
    });
  });
});
