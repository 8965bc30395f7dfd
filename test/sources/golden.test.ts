import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import { FORMATS, type History, type Migration } from '../../src/model/history.js';
import { createFolder } from '../../src/sources/locations.js';
import { readHistory } from '../../src/sources/read-history.js';
import { getSql } from './memory.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');

describe.each(FORMATS)('%s', (format) => {
  test.each(readdirSync(join(FIXTURES, format)))('reads %s as expected', async (name) => {
    const folder = join(FIXTURES, format, name);
    const set = join(folder, 'set.json');
    const placeholders = existsSync(set) ? JSON.parse(readFileSync(set, 'utf8')) : {};
    const input = join(folder, 'input');
    const several = join(folder, 'locations.json');
    const locations: string[] = existsSync(several) ? JSON.parse(readFileSync(several, 'utf8')) : ['.'];
    const read = readHistory(createFolder(locations.map((location) => join(input, location))), {
      placeholders,
    });
    const actual = await read.then(describeHistory, (error: unknown) => describeError(error, input));
    const file = join(folder, 'expected.json');
    const expected = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    const failed = `${file}.FAIL`;
    if (JSON.stringify(expected) === JSON.stringify(actual)) rmSync(failed, { force: true });
    else writeFileSync(failed, `${JSON.stringify(actual, null, 2)}\n`);
    expect(actual, `compare: diff ${file} ${failed}`).toEqual(expected);
    if ('format' in actual) expect(actual.format).toBe(format);
  });
});

function describeHistory(history: History) {
  const sql = getSql(history);
  return {
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
}

/** A folder that its tool would refuse, too. */
function describeError(error: unknown, input: string) {
  if (!isPlinthError(error)) throw error;
  const { code, message, hint } = error;
  return { error: { code, message: message.replaceAll(`${input}/`, ''), hint } };
}

/** What only some migrations have. */
function getMore({ text, included, regions }: Migration) {
  const rows = regions.flatMap((region) => (region.rows === undefined ? [] : [region.rows]));
  return {
    ...(included === undefined ? {} : { included: included.map(({ name }) => name) }),
    ...(rows.length === 0 ? {} : { rows: rows.map(({ start, end }) => text.slice(start, end)) }),
  };
}
