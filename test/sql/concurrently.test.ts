import { describe, expect, it } from 'vitest';
import { getConcurrently } from '../../src/sql/traits.js';
import { parse, parseOne } from '../support/histories.js';

describe('the word CONCURRENTLY', () => {
  it.each([
    ['create index concurrently i on t (a)', 'concurrently'],
    ['CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)', 'CONCURRENTLY'],
    ['create index /* concurrently */ Concurrently i on t (a)', 'Concurrently'],
    ['create -- é 漢 😀 concurrently\n index concurrently i on t (a)', 'concurrently'],
    ['drop index concurrently "é😀"', 'concurrently'],
    ['reindex table concurrently t', 'concurrently'],
    ['create index concurrently "concurrently" on "Concurrently" (a)', 'concurrently'],
  ])('is found in %s', async (sql, word) => {
    const statement = await parseOne(sql);
    const found = getConcurrently(statement)!;
    expect(statement.sql.slice(found.start, found.end)).toBe(word);
    const without = statement.sql.slice(0, found.start) + statement.sql.slice(found.end);
    expect(getConcurrently(await parseOne(without))).toBeNull();
  });

  it('is found behind other statements and wide characters', async () => {
    const statements = await parse(
      "select '😀';\r\n-- é\r\n/* 漢 */ create /* 😀 */ index concurrently i on t (a); select 1",
    );
    const { start, end } = getConcurrently(statements[1]!)!;
    expect(statements[1]!.sql.slice(start, end)).toBe('concurrently');
  });

  it.each([
    ['create index concurrently i on t (a)', { does: 'create', table: '"t"', index: 'i' }],
    ['create index concurrently on s."T é" (a)', { does: 'create', table: '"s"."T é"', index: null }],
    ['create index concurrently "I" on only t (a)', { does: 'create', table: '"t"', index: 'I' }],
    ['drop index concurrently if exists s.i', { does: 'drop', table: null, index: '"s"."i"' }],
    ['drop index concurrently "a""b"', { does: 'drop', table: null, index: '"a""b"' }],
    ['reindex index concurrently i', { does: 'reindex', table: null, index: '"i"' }],
    ['reindex (concurrently) table s.t', { does: 'reindex', table: '"s"."t"', index: null }],
    ['reindex schema concurrently s', { does: 'reindex', table: null, index: null }],
  ])('is about: %s', async (sql, about) => {
    expect(getConcurrently(await parseOne(sql))).toMatchObject(about);
  });

  it.each([
    'create index i on t (a)',
    'create index "concurrently" on t (a)',
    'refresh materialized view concurrently v',
    'alter table t detach partition p concurrently',
    "select 'create index concurrently'",
  ])('of an index statement is not in %s', async (sql) => {
    expect(getConcurrently(await parseOne(sql))).toBeNull();
  });
});
