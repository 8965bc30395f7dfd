import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/model/history.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getSql } from './memory.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');

describe.each(FORMATS)('%s', (format) => {
  test.each(readdirSync(join(FIXTURES, format)))('reads %s as expected', async (name) => {
    const folder = join(FIXTURES, format, name);
    const history = await readHistory(createDirectoryFolder(join(folder, 'input')));
    const sql = getSql(history);
    const actual = {
      format: history.format,
      migrations: history.migrations.map((migration, i) => ({
        id: migration.id,
        name: migration.name,
        transaction: migration.transaction,
        regions: sql[i],
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
