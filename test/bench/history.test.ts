import { describe, expect, test } from 'vitest';
import { FOLDERS, type FolderFormat } from '../../scripts/bench/history/formats.js';
import { generateHistory, SIZES } from '../../scripts/bench/history/generate.js';
import type { Format } from '../../src/model/history.js';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';

describe.each(Object.values(SIZES))('the history $name', (size) => {
  const history = generateHistory(size, 2026);
  const all = history.migrations.flat();

  test('has just so many tables and statements', () => {
    expect(history).toMatchObject({ tables: size.tables, statements: size.statements });
    expect(all).toHaveLength(size.statements);
    const made = all.filter((sql) => /^CREATE TABLE (?!\S+ PARTITION OF)/.test(sql));
    expect(made).toHaveLength(size.tables);
  });

  test('is the same each time, and for another year but for its partitions', () => {
    expect(generateHistory(size, 2026)).toEqual(history);
    const other = generateHistory(size, 2031).migrations.flat();
    const differing = all.filter((sql, at) => sql !== other[at]);
    expect(differing.length).toBeGreaterThan(0);
    expect(differing.filter((sql) => !sql.includes('PARTITION OF'))).toEqual([]);
  });

  test('has partitions, triggers, enums, renames and backfills', () => {
    for (const kind of [
      /PARTITION OF/,
      /CREATE TRIGGER/,
      /CREATE TYPE/,
      / RENAME /,
      /^INSERT/,
      /^CREATE INDEX/,
    ])
      expect(all.some((sql) => kind.test(sql))).toBe(true);
  });

  test('names a table that is there at the end', () => {
    const name = all.reduceRight(
      (old, sql) => (sql.endsWith(` RENAME TO ${old};`) ? /^ALTER TABLE (\S+)/.exec(sql)![1]! : old),
      history.table,
    );
    expect(all.some((sql) => sql.startsWith(`CREATE TABLE ${name} (`))).toBe(true);
  });
});

describe('the small history as a folder', () => {
  const { migrations } = generateHistory(SIZES.small, 2026);
  const count = migrations.flat().length;

  // What psql gets is one file, and kysely's folder is whatever its provider reads.
  test.each(Object.keys(FOLDERS).filter((name) => name !== 'psql' && name !== 'kysely'))(
    'of %s is one that Plinth reads as that',
    async (format) => {
      const files = FOLDERS[format as FolderFormat](migrations);
      const read = await readHistory(createMemoryFolder(files), { format: format as Format });
      expect(read.migrations).toHaveLength(migrations.length);
      for (const [at, { text }] of read.migrations.entries())
        for (const statement of migrations[at]!) expect(text).toContain(statement);
    },
  );

  test('of psql has every statement once, in a transaction for each migration', () => {
    const text = FOLDERS.psql(migrations)['history.sql'];
    expect(text.match(/^BEGIN;$/gm)).toHaveLength(migrations.length);
    expect(text.match(/^COMMIT;$/gm)).toHaveLength(migrations.length);
    expect(migrations.flat().filter((statement) => text.includes(statement))).toHaveLength(count);
  });
});
