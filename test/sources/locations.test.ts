import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlinthError } from '../../src/errors.js';
import type { Format } from '../../src/model/history.js';
import { createFolder } from '../../src/sources/locations.js';
import { readHistory } from '../../src/sources/read-history.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plinth-locations-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Writes files below a folder of their own, and reads some of its places as one history. */
async function read(files: Readonly<Record<string, string>>, places: readonly string[], format?: Format) {
  const folder = await mkdtemp(join(root, 'x-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return readHistory(createFolder(places.map((place) => join(folder, place))), { format });
}
const fail = async (...args: Parameters<typeof read>): Promise<PlinthError> => {
  const outcome = await read(...args).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as PlinthError;
};

const FLYWAY = {
  'db/common/V1__a.sql': 'SELECT 1;',
  'db/common/R__views.sql': 'SELECT 4;',
  'db/postgres/more/V1.1__b.sql': 'SELECT 2;',
  'db/postgres/V3__c.sql': 'SELECT 3;',
  'db/other/V2__d.sql': '',
};

describe('several locations', () => {
  test("are one history of Flyway's, with paths from the common parent", async () => {
    const history = await read(FLYWAY, ['db/postgres', 'db/common']);
    expect(history.format).toBe('flyway');
    expect(history.migrations.map(({ id, name }) => `${id} ${name}`)).toEqual([
      '1 common/V1__a.sql',
      '1.1 postgres/more/V1.1__b.sql',
      '3 postgres/V3__c.sql',
      'R__views common/R__views.sql',
    ]);
    expect(history.location).toMatch(/db\/postgres, .*db\/common$/);
    expect(history.migrations.map(({ text }) => text)).toContain('SELECT 2;');
  });

  test('of which one has repeatable migrations only are of Flyway still', async () => {
    const files = { 'v/V1__a.sql': '', 'r/R__b.sql': '', 'c/beforeMigrate.sql': '' };
    const history = await read(files, ['v', 'r', 'c']);
    expect(history.migrations.map(({ name }) => name)).toEqual(['v/V1__a.sql', 'r/R__b.sql']);
    expect(history.passedOver).toEqual([{ path: 'c/beforeMigrate.sql', reason: 'callback' }]);
  });

  test('may not have the same version, which is told with both paths', async () => {
    const error = await fail({ 'a/V1__x.sql': '', 'b/V1.0__y.sql': '' }, ['a', 'b']);
    expect(error.code).toBe('VERSION_DUPLICATE');
    expect(error.args).toEqual({ version: '1', files: ['a/V1__x.sql', 'b/V1.0__y.sql'] });
  });

  test('of plain files come one after the other, and keep their ids', async () => {
    const files = { 'z/10_a.sql': '', 'z/9_b.sql': '', 'a/1_c.sql': '', 'one.sql': '' };
    const history = await read(files, ['z', 'one.sql', 'a']);
    expect(history.format).toBe('plain');
    expect(history.migrations.map(({ id, name }) => `${id} ${name}`)).toEqual([
      '9_b.sql z/9_b.sql',
      '10_a.sql z/10_a.sql',
      'one.sql one.sql',
      '1_c.sql a/1_c.sql',
    ]);
    const twice = await fail({ 'a/1.sql': '', 'b/1.sql': '' }, ['a', 'b']);
    expect(twice.args).toEqual({ version: '1.sql', files: ['a/1.sql', 'b/1.sql'] });
  });

  test('may be single files of one folder', async () => {
    const history = await read({ 'b.sql': 'SELECT 2;', 'a.sql': 'SELECT 1;' }, ['b.sql', 'a.sql']);
    expect(history.migrations.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'b.sql SELECT 2;',
      'a.sql SELECT 1;',
    ]);
  });

  test('count once where they are the same, or one lies in the other', async () => {
    const history = await read(FLYWAY, ['db/postgres/more', 'db/postgres', 'db/postgres']);
    expect(history.migrations.map(({ name }) => name)).toEqual(['more/V1.1__b.sql', 'V3__c.sql']);
  });

  test('are read though their names say another database, which was asked for', async () => {
    const files = { 'postgres/V1__a.sql': '', 'cockroach/V2__b.sql': '' };
    const history = await read(files, ['postgres', 'cockroach']);
    expect(history.migrations.map(({ id }) => id)).toEqual(['1', '2']);
  });

  test('are an error for tools that have one folder, recognized or named', async () => {
    const goose = { 'a/1_x.sql': '-- +goose Up\n', 'b/2_y.sql': '-- +goose Up\n' };
    const error = await fail(goose, ['a', 'b']);
    expect(error.code).toBe('OPTIONS_INVALID');
    expect(error.message).toMatch(
      /^--migrations is given 2 times, but goose has its migrations in one folder: .*a is one of them \(several are read with --format flyway or plain\)$/,
    );
    expect((await fail(FLYWAY, ['db/common', 'db/other'], 'sqlx')).message).toContain('but sqlx has');
  });

  test('of different tools are ambiguous, each with its location', async () => {
    const error = await fail({ 'v/V1__a.sql': '', 'seeds/x.sql': '' }, ['v', 'seeds']);
    expect(error.code).toBe('FORMAT_AMBIGUOUS');
    expect(error.message).toMatch(/flyway: .*\/v: 1 file named like V1__title\.sql/);
    expect(error.message).toMatch(/plain: .*\/seeds: 1 file named \*\.sql/);
    const history = await read({ 'v/V1__a.sql': '', 'seeds/x.sql': '' }, ['v', 'seeds'], 'plain');
    expect(history.migrations.map(({ name }) => name)).toEqual(['v/V1__a.sql', 'seeds/x.sql']);
  });

  test('have to exist, and to hold something', async () => {
    expect(await fail(FLYWAY, ['db/common', 'none'])).toMatchObject({ code: 'FOLDER_NOT_FOUND' });
    const error = await fail({ 'a/x.md': '', 'b/y.ts': '' }, ['a', 'b']);
    expect(error.code).toBe('FORMAT_UNKNOWN');
    expect(error.args).toMatchObject({ seen: ['1 .md file', '1 .ts file'] });
  });
});
