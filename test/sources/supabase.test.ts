import { describe, expect, test } from 'vitest';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { type Files, getError, getIds, getPassedOver, readMemory } from './memory.js';

const CONFIG = { 'config.toml': 'project_id = "x"\n' };

describe('supabase', () => {
  test('orders by file name, bytewise; the leading digits are the id', async () => {
    const history = await readMemory({
      ...CONFIG,
      'migrations/9_b.sql': '',
      'migrations/20240102000000_a.sql': '',
      'migrations/010_.sql': '',
      'migrations/a.sql': '',
      'migrations/11_c.SQL': '',
      'migrations/more/1_d.sql': '',
    });
    expect(history.format).toBe('supabase');
    expect(getIds(history)).toEqual(['010', '20240102000000', '9']);
    expect(getPassedOver(history)).toEqual({
      'config.toml': 'tool-metadata',
      'migrations/11_c.SQL': 'not-a-migration-name',
      'migrations/a.sql': 'not-a-migration-name',
      'migrations/more/1_d.sql': 'subfolder',
    });
  });

  test('passes over seeds, roles, functions and tests, and takes none for a step in code', async () => {
    const history = await readMemory({
      ...CONFIG,
      'migrations/1_a.sql': '',
      'seed.sql': '',
      'seeds/1_a.sql': '',
      'roles.sql': '',
      'functions/1_a/index.ts': '',
      'tests/1_a.sql': '',
    });
    expect(history.codeSteps).toEqual([]);
    expect(getPassedOver(history)).toMatchObject({
      'seed.sql': 'seed',
      'seeds/1_a.sql': 'seed',
      'roles.sql': 'roles',
      'functions/1_a/index.ts': 'not-sql',
      'tests/1_a.sql': 'not-a-migration-name',
    });
  });

  test.each<[string, Files, string[]]>([
    ['the first file', { '20211208000000_init.sql': '', '20240101000000_a.sql': '' }, ['20240101000000']],
    ['not a later one', { '1_a.sql': '', '20211208000000_init.sql': '' }, ['1', '20211208000000']],
    ['not one of today', { '20211209000000_init.sql': '' }, ['20211209000000']],
  ])('skips what an early version wrote as init: %s', async (_, files, ids) => {
    expect(getIds(await readMemory(files, { format: 'supabase' }))).toEqual(ids);
  });

  test('is known by its folder, and by the schemas that only Supabase has', async () => {
    const files = { '20240101000000_a.sql': 'SELECT 1;' };
    const read = async (location: string, given: Files): Promise<string> =>
      (await readHistory(createMemoryFolder(given, location))).format;
    expect(await read('x/supabase/migrations', files)).toBe('supabase');
    expect(await read('x/supabase/migrations/', files)).toBe('supabase');
    expect(await read('x/migrations', files)).toBe('plain');
    const named = { '20240101000000_a.sql': 'CREATE POLICY p ON t USING (auth.uid() = id);' };
    expect(await read('x/migrations', named)).toBe('supabase');
    expect(await read('x/migrations', { '1_a.sql': 'SELECT auth.uid()' })).toBe('plain');
  });

  test('leaves its folder to the tool whose marks are in it', async () => {
    const journal = JSON.stringify({ dialect: 'postgresql', entries: [{ tag: '0000_a' }] });
    const files = { 'meta/_journal.json': journal, '0000_a.sql': 'SELECT auth.uid();' };
    const history = await readHistory(createMemoryFolder(files, 'supabase/migrations'));
    expect(history.format).toBe('drizzle');
  });

  test('refuses a version that stands twice', async () => {
    const error = await getError({ '1_a.sql': '', '1_b.sql': '' }, { format: 'supabase' });
    expect(error.args).toEqual({ version: '1', files: ['1_a.sql', '1_b.sql'] });
  });
});
