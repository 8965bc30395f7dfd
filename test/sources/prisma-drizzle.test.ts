import { describe, expect, test } from 'vitest';
import { getError, getIds, getPassedOver, getSql, readMemory } from './memory.js';

const LOCK = { 'migration_lock.toml': '# Please do not edit\nprovider = "postgresql"\n' };

describe('prisma', () => {
  test('orders by folder name and takes it as id', async () => {
    const history = await readMemory({
      ...LOCK,
      '20240102000000_b/migration.sql': 'SELECT 2',
      '0_init/migration.sql': '',
      '20240101000000_a/migration.sql': 'SELECT 1;',
      '20240101000000_a/README.md': '',
      'schema.sql': 'SELECT 3;',
    });
    expect(history.format).toBe('prisma');
    expect(getIds(history)).toEqual(['0_init', '20240101000000_a', '20240102000000_b']);
    expect(history.migrations[0]!.name).toBe('0_init/migration.sql');
    expect(getSql(history)).toEqual([[''], ['SELECT 1;'], ['SELECT 2']]);
    expect(getPassedOver(history)).toEqual({
      'migration_lock.toml': 'tool-metadata',
      '20240101000000_a/README.md': 'not-sql',
      'schema.sql': 'not-a-migration-name',
    });
  });

  test('sorts names as localeCompare does', async () => {
    const history = await readMemory({ ...LOCK, '10_b/migration.sql': '', '1_a/migration.sql': '' });
    expect(getIds(history)).toEqual(['1_a', '10_b']);
  });

  test('is known without its lock file', async () => {
    expect((await readMemory({ '1_a/migration.sql': '' })).format).toBe('prisma');
  });

  test('refuses another database, and a folder without migration.sql, both at once', async () => {
    const error = await getError({ 'migration_lock.toml': 'provider = "mysql"', '1_a/notes.md': '' });
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.args).toEqual({
      problems: [
        'migration_lock.toml: the provider is "mysql", not "postgresql"',
        '1_a: the folder has no migration.sql',
      ],
    });
  });
});

describe('drizzle', () => {
  const getJournal = (tags: readonly string[], dialect = 'postgresql') =>
    JSON.stringify({
      version: '7',
      dialect,
      entries: tags.map((tag, i) => ({ idx: 9 - i, when: 1000 - i, tag, breakpoints: true })),
    });

  test('takes the entries of the journal as they stand, and cuts at breakpoints', async () => {
    const history = await readMemory({
      'meta/_journal.json': getJournal(['0001_b', '0000_a']),
      'meta/0000_snapshot.json': '{}',
      '0000_a.sql': 'SELECT 1\r\n--> statement-breakpoint\r\nSELECT 2;--> statement-breakpoint\nSELECT 3',
      '0001_b.sql': '',
      '0002_c.sql': 'SELECT 4;',
      'schema.ts': '',
    });
    expect(history.format).toBe('drizzle');
    expect(getIds(history)).toEqual(['0001_b', '0000_a']);
    expect(getSql(history)).toEqual([[''], ['SELECT 1', 'SELECT 2;', 'SELECT 3']]);
    expect(getPassedOver(history)).toEqual({
      'meta/_journal.json': 'tool-metadata',
      'meta/0000_snapshot.json': 'tool-metadata',
      '0002_c.sql': 'not-in-journal',
      'schema.ts': 'not-sql',
    });
  });

  test('reads the layout of drizzle 1.0', async () => {
    const history = await readMemory({
      '20240102000000_b/migration.sql': 'SELECT 2;\n--> statement-breakpoint\nSELECT 3;',
      '20240102000000_b/snapshot.json': '{"dialect":"postgres"}',
      '20240101000000_a/migration.sql': 'SELECT 1;',
      '20240101000000_a/snapshot.json': '{"dialect":"postgres"}',
      '20240103000000_c/snapshot.json': '{"dialect":"postgres"}',
    });
    expect(history.format).toBe('drizzle');
    expect(getSql(history)).toEqual([['SELECT 1;'], ['SELECT 2;', 'SELECT 3;']]);
  });

  test.each([
    ['is not JSON', '{', /not valid JSON/],
    ['has no entries', '{}', /no list of entries/],
    ['has an entry without a tag', '{"entries":[{"idx":0}]}', /without a tag/],
    ['is of another database', getJournal(['0000_a'], 'mysql'), /the dialect is "mysql"/],
    ['names a file that is not there', getJournal(['0000_a', '0001_b']), /no file 0001_b.sql/],
    ['names a file twice', getJournal(['0000_a', '0000_a']), /twice/],
  ])('refuses a journal that %s', async (_, journal, problem) => {
    const error = await getError({ 'meta/_journal.json': journal, '0000_a.sql': '' });
    expect(error.code).toBe('HISTORY_MALFORMED');
    expect(error.message).toMatch(problem);
  });
});
