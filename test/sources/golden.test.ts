import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS, type Migration } from '../../src/model/history.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getSql } from './memory.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');

describe.each(FORMATS)('%s', (format) => {
  test.each(readdirSync(join(FIXTURES, format)))('reads %s as expected', async (name) => {
    const folder = join(FIXTURES, format, name);
    const set = join(folder, 'set.json');
    const placeholders = existsSync(set) ? JSON.parse(readFileSync(set, 'utf8')) : {};
    const history = await readHistory(createDirectoryFolder(join(folder, 'input')), { placeholders });
    const sql = getSql(history);
    const actual = {
      format: history.format,
      migrations: history.migrations.map((migration, i) => ({
        id: migration.id,
        name: migration.name,
        transaction: migration.transaction,
        regions: sql[i],
        ...getMore(migration),
      })),
      codeSteps: history.codeSteps.map(({ name, before }) => `${name}: ${before}`),
      passedOver: history.passedOver.map(({ path, reason }) => `${path}: ${reason}`),
    };
    const file = join(folder, 'expected.json');
    const expected = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    const failed = `${file}.FAIL`;
    if (JSON.stringify(expected) === JSON.stringify(actual)) rmSync(failed, { force: true });
    else writeFileSync(failed, `${JSON.stringify(actual, null, 2)}\n`);
    expect(actual, `compare: diff ${file} ${failed}`).toEqual(expected);
    expect(history.format).toBe(format);
  });
});

/** What only some migrations have. */
function getMore({ text, included, regions }: Migration) {
  const rows = regions.flatMap((region) => (region.rows === undefined ? [] : [region.rows]));
  return {
    ...(included === undefined ? {} : { included: included.map(({ name }) => name) }),
    ...(rows.length === 0 ? {} : { rows: rows.map(({ start, end }) => text.slice(start, end)) }),
  };
}
