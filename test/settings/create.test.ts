import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import { type CreateSettingsOptions, createSettings } from '../../src/settings/create.js';
import { findMigrationFolders } from '../../src/settings/find-folders.js';
import { readSettings } from '../../src/settings/settings.js';

let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'plinth-init-')));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(...files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

const goose = (path: string) => [path, '-- +goose Up\nCREATE TABLE t ();\n'] as const;
const plain = (path: string) => [path, 'CREATE TABLE t ();\n'] as const;

/** The folders that are found, each with its format. */
async function find(): Promise<string[]> {
  const found = await findMigrationFolders(dir);
  return found.map(({ folder, format, migrations }) => `${folder}: ${format} ${migrations}`);
}

async function readError(options: CreateSettingsOptions = {}, signal?: AbortSignal): Promise<PlinthError> {
  const context = signal === undefined ? {} : { signal };
  const error = await createSettings({ cwd: dir, ...options }, context).catch((cause: unknown) => cause);
  if (!isPlinthError(error)) throw error;
  return error;
}

describe('a migration folder is found', () => {
  test.each([
    [
      'where files lie in it',
      [goose('db/migrations/1_a.sql'), goose('db/migrations/2_b.sql')],
      ['db/migrations: goose 2'],
    ],
    ['where it is the folder itself', [goose('1_a.sql')], ['.: goose 1']],
    [
      'where each migration has a folder',
      [
        plain('prisma/migrations/20240101000000_a/migration.sql'),
        plain('prisma/migrations/20240102000000_b/migration.sql'),
        ['prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n'],
      ],
      ['prisma/migrations: prisma 2'],
    ],
    [
      'where the tool looks into subfolders',
      [
        plain('src/main/resources/db/migration/V1__a.sql'),
        plain('src/main/resources/db/migration/more/V2__b.sql'),
      ],
      ['src/main/resources/db/migration: flyway 2'],
    ],
    [
      'beside SQL that is none',
      [plain('queries/list.sql'), plain('seed.sql'), goose('db/1_a.sql')],
      ['db: goose 1'],
    ],
    [
      'of plain SQL, where there is no other',
      [plain('sql/1.sql'), plain('sql/more/2.sql')],
      ['sql: plain 2'],
    ],
    ['each of several', [goose('a/1_a.sql'), goose('b/1_a.sql')], ['a: goose 1', 'b: goose 1']],
    [
      'not among what others wrote or a build made',
      ['node_modules/x', 'vendor/x', '.hidden', 'dist', 'a/target'].map((path) => goose(`${path}/1_a.sql`)),
      [],
    ],
    ['not without SQL', [['README.md', '# x']], []],
  ] as const)('%s', async (_, files, expected) => {
    await write(...(files as readonly (readonly [string, string])[]));
    expect(await find()).toEqual(expected);
  });

  test('not through a link, which may lead in a circle', async () => {
    await write(goose('db/1_a.sql'));
    await symlink(dir, join(dir, 'db/again'));
    await symlink(join(dir, 'db'), join(dir, 'link'));
    expect(await find()).toEqual(['db: goose 1']);
  });
});

describe('plinth.json is written', () => {
  test('from the only one, and is what is read again', async () => {
    await write(goose('db/migrations/1_a.sql'));
    expect(await createSettings({ cwd: dir })).toEqual({
      path: join(dir, 'plinth.json'),
      migrations: 'db/migrations',
      format: 'goose',
      count: 1,
      missing: [],
    });
    const text = await readFile(join(dir, 'plinth.json'), 'utf8');
    expect(text).toBe(
      '{\n  "$schema": "./node_modules/plinth/plinth.schema.json",\n  "migrations": "db/migrations",\n  "format": "goose"\n}\n',
    );
    const { options } = await readSettings({ cwd: dir });
    expect(options).toMatchObject({ migrations: join(dir, 'db/migrations'), format: 'goose' });
  });

  test('with paths from where it is, and with the schema of the package above', async () => {
    await write(goose('db/1_a.sql'), ['node_modules/plinth/plinth.schema.json', '{}']);
    await mkdir(join(dir, 'services/shop'), { recursive: true });
    await createSettings({ cwd: dir, migrations: 'db', config: 'services/shop/plinth.json' });
    expect(JSON.parse(await readFile(join(dir, 'services/shop/plinth.json'), 'utf8'))).toEqual({
      $schema: '../../node_modules/plinth/plinth.schema.json',
      migrations: '../../db',
      format: 'goose',
    });
  });

  test('several locations become a list', async () => {
    await write(plain('db/a/V1__x.sql'), plain('db/b/R__y.sql'));
    const created = await createSettings({ cwd: dir, migrations: ['db/a', 'db/b'] });
    expect(created).toMatchObject({ migrations: ['db/a', 'db/b'], format: 'flyway', count: 2 });
    const { options } = await readSettings({ cwd: dir });
    expect(options.migrations).toEqual([join(dir, 'db/a'), join(dir, 'db/b')]);
  });

  test('although values of placeholders are missing: they are named', async () => {
    await write(['db/V1__a.sql', `CREATE TABLE \${schema}.t ();`]);
    expect(await createSettings({ cwd: dir })).toMatchObject({ format: 'flyway', missing: ['schema'] });
  });

  test('with the format that is given', async () => {
    await write(goose('db/1_a.sql'));
    expect(await createSettings({ cwd: dir, migrations: 'db/1_a.sql', format: 'goose' })).toMatchObject({
      migrations: 'db/1_a.sql',
      format: 'goose',
    });
  });

  test('over one that is there only by force', async () => {
    await write(goose('db/1_a.sql'), ['plinth.json', 'mine']);
    expect(await readError()).toMatchObject({ code: 'SETTINGS_EXIST' });
    expect(await readFile(join(dir, 'plinth.json'), 'utf8')).toBe('mine');
    await createSettings({ cwd: dir, force: true });
    expect(await readFile(join(dir, 'plinth.json'), 'utf8')).toContain('goose');
    await rm(join(dir, 'plinth.json'));
    await symlink('nowhere', join(dir, 'plinth.json'));
    expect(await readError()).toMatchObject({ code: 'SETTINGS_EXIST' });
  });
});

describe('nothing is written', () => {
  test('where there is none, or several', async () => {
    expect(await readError()).toMatchObject({ code: 'HISTORY_NOT_FOUND' });
    await write(goose('a/1_a.sql'), goose('b/1_a.sql'));
    const error = await readError();
    expect(error).toMatchObject({ code: 'HISTORY_AMBIGUOUS' });
    expect(error.message).toContain('a: goose, 1 migration\n  b: goose, 1 migration');
    expect((await readSettings({ cwd: dir })).path).not.toBe(join(dir, 'plinth.json'));
  });

  test('where the folder is none, cannot be written to, or the search is stopped', async () => {
    await write(goose('a/1_a.sql'));
    expect(await readError({ migrations: 'nothing' })).toMatchObject({ code: 'FOLDER_NOT_FOUND' });
    expect(await readError({ config: 'nothing/plinth.json' })).toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(await readError({}, AbortSignal.abort())).toMatchObject({ code: 'ABORTED' });
  });
});
