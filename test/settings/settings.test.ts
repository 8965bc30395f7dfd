import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPlinthError, type PlinthError } from '../../src/errors.js';
import { type ApplyOptions, OPTION_NAMES } from '../../src/options.js';
import { readSettings, type SettingsRequest } from '../../src/settings/settings.js';

let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'plinth-settings-')));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const write = (text: string | object, name = 'plinth.json'): Promise<void> =>
  writeFile(join(dir, name), typeof text === 'string' ? text : JSON.stringify(text, null, 2));

/** The options alone: the names by which the user knows them are apart. */
async function readOptions(request: SettingsRequest = {}): Promise<Partial<ApplyOptions>> {
  const { options } = await readSettings({ cwd: dir, ...request });
  return Object.fromEntries(Object.entries(options));
}

async function readError(request: SettingsRequest = {}): Promise<PlinthError> {
  const error = await readSettings({ cwd: dir, ...request }).catch((cause: unknown) => cause);
  if (!isPlinthError(error)) throw error;
  return error;
}

const SHOP = {
  migrations: 'db/migrations',
  format: 'goose',
  set: { schema: 'app', role: 'r' },
  prelude: 'db/prelude.sql',
  services: { orders: { tables: ['orders'] }, billing: { tables: ['invoices'], alone: true } },
  targets: {
    local: { embedded: '.plinth/db' },
    ci: { url: 'postgres://postgres@localhost/test' },
    cluster: { kubernetes: { kubeconfig: 'kube/ci', namespace: 'shop', port: '5433' } },
  },
};

describe('the file is found', () => {
  test('in the folder, or in the nearest above', async () => {
    await mkdir(join(dir, 'a/b'), { recursive: true });
    await write({ ledger: 'top' });
    expect(await readOptions({ cwd: join(dir, 'a/b') })).toMatchObject({ ledger: 'top' });
    await write({ ledger: 'near' }, 'a/plinth.json');
    expect(await readOptions({ cwd: join(dir, 'a/b') })).toMatchObject({ ledger: 'near' });
    expect((await readSettings({ cwd: join(dir, 'a/b') })).path).toBe(join(dir, 'a/plinth.json'));
  });

  test('or is named; a folder of that name is none', async () => {
    await mkdir(join(dir, 'plinth.json'));
    expect((await readSettings({ cwd: dir })).path).not.toBe(join(dir, 'plinth.json'));
    await write({ ledger: 'other' }, 'other.json');
    expect(await readOptions({ config: 'other.json' })).toMatchObject({ ledger: 'other' });
    expect(await readError({ config: 'nothing.json' })).toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(await readError({ config: 'plinth.json' })).toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('through a link, with paths from where the link is', async () => {
    await mkdir(join(dir, 'shared'));
    await write(SHOP, 'shared/plinth.json');
    await symlink(join(dir, 'shared/plinth.json'), join(dir, 'plinth.json'));
    expect(await readOptions()).toMatchObject({ migrations: join(dir, 'db/migrations') });
  });

  test('a link that leads nowhere, or in a circle, is an error and not the same as no file', async () => {
    await symlink('nowhere.json', join(dir, 'plinth.json'));
    expect(await readError()).toMatchObject({ code: 'FILE_UNREADABLE' });
    await rm(join(dir, 'plinth.json'));
    await symlink('plinth.json', join(dir, 'plinth.json'));
    expect(await readError()).toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  test('and may not be read: that is an error, too', async () => {
    await write(SHOP);
    await chmod(join(dir, 'plinth.json'), 0o000);
    // Root may read everything.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      await chmod(dir, 0o755);
      process.seteuid?.(65_534);
    }
    try {
      expect(await readError()).toMatchObject({ code: 'FILE_UNREADABLE' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test('where there is none, options stay as they are', async () => {
    // No folder above a temporary one has settings.
    expect(await readSettings({ cwd: dir, tables: ['a'] })).toEqual({
      path: null,
      options: { tables: ['a'] },
      services: [],
      targets: [],
    });
    expect((await readError({ target: 'ci' })).message).toContain(`there is none in ${dir} or above`);
  });
});

describe('what it says', () => {
  test('fills what is not given; its paths become absolute', async () => {
    await write({
      ...SHOP,
      ledger: 'l',
      declared: ['a'],
      withPrelude: true,
      missingRoles: 'skip',
      timeout: '5s',
    });
    expect(await readOptions({ ledger: 'mine', set: { role: 'mine', more: 'x' } })).toEqual({
      migrations: join(dir, 'db/migrations'),
      format: 'goose',
      set: { schema: 'app', role: 'mine', more: 'x' },
      prelude: join(dir, 'db/prelude.sql'),
      history: 'main',
      ledger: 'mine',
      declared: ['a'],
      withPrelude: true,
      missingRoles: 'skip',
      timeout: '5s',
    });
  });

  test('what is undefined is not given', async () => {
    await write(SHOP);
    const nothing = undefined as unknown as string;
    expect(await readOptions({ format: undefined as unknown as 'goose', service: nothing })).toMatchObject({
      format: 'goose',
    });
  });

  test('a service brings its tables, unless others are asked for', async () => {
    await write(SHOP);
    expect(await readOptions({ service: 'billing' })).toMatchObject({ tables: ['invoices'], alone: true });
    expect(await readOptions({ service: 'orders' })).toMatchObject({ tables: ['orders'], alone: false });
    const others = await readOptions({ service: 'billing', tables: ['customers'] });
    expect(others).toMatchObject({ tables: ['customers'], service: 'billing' });
    expect(others).not.toHaveProperty('alone');
    expect(await readOptions()).not.toHaveProperty('tables');
  });

  test('another tool’s table belongs to the folder, and is written where no tables are chosen', async () => {
    await write({ ...SHOP, trustLedger: 'goose', writeLedger: 'goose=app.versions' });
    const both = { trustLedger: 'goose', writeLedger: 'goose=app.versions' };
    expect(await readOptions()).toMatchObject(both);
    for (const asked of [{ service: 'orders' }, { tables: ['orders'] }, { partitions: 'now..+1month' }]) {
      const options = await readOptions(asked);
      expect(options).toMatchObject({ trustLedger: 'goose' });
      expect(options).not.toHaveProperty('writeLedger');
    }
    expect(await readOptions({ migrations: 'other' })).not.toHaveProperty('trustLedger');
    await write({ ...SHOP, trustLedger: 'rails', writeLedger: 'goose=a.b.c' });
    expect((await readError()).message).toContain('one of goose, golang-migrate');
  });

  test('a target is taken only where it is asked for', async () => {
    await write(SHOP);
    expect(await readOptions({ target: 'local' })).toMatchObject({ embedded: join(dir, '.plinth/db') });
    expect(await readOptions({ target: 'ci' })).toMatchObject({ url: 'postgres://postgres@localhost/test' });
    const none = await readOptions();
    expect([none.url, none.embedded]).toEqual([undefined, undefined]);
    expect(await readOptions({ target: 'cluster', namespace: 'other' })).toMatchObject({
      kubeconfig: join(dir, 'kube/ci'),
      namespace: 'other',
      port: '5433',
    });
    expect((await readError({ target: 'ci', embedded: 'e' })).message).toContain('one target only');
  });

  test('several locations are the same history in whatever order', async () => {
    await write({ migrations: ['db/a', 'db/b'], format: 'flyway', history: 'shop' });
    expect(await readOptions()).toMatchObject({ migrations: [join(dir, 'db/a'), join(dir, 'db/b')] });
    const migrations = [join(dir, 'db/b'), join(dir, 'db/a')];
    expect(await readOptions({ migrations })).toMatchObject({
      migrations,
      format: 'flyway',
      history: 'shop',
    });
    expect(await readOptions({ migrations: join(dir, 'db/a') })).not.toHaveProperty('format');
  });

  test('another folder takes nothing that belongs to the file’s', async () => {
    await write({ ...SHOP, ledger: 'l' });
    expect(await readOptions({ migrations: join(dir, 'other') })).toEqual({
      migrations: join(dir, 'other'),
      ledger: 'l',
    });
    expect(await readOptions({ migrations: join(dir, 'db/../db/migrations') })).toMatchObject({
      format: 'goose',
    });
  });

  test('several histories: one by name, by the service, by its folder or as the file has it', async () => {
    const histories = {
      shop: { migrations: 'shop', format: 'goose' },
      billing: { migrations: 'billing' },
    };
    const services = { orders: { tables: ['o'] }, invoicing: { tables: ['i'], history: 'billing' } };
    await write({ histories, services });
    const shop = { migrations: join(dir, 'shop'), format: 'goose', history: 'shop' };
    const billing = { migrations: join(dir, 'billing'), history: 'billing' };
    expect(await readOptions({ history: 'shop' })).toEqual(shop);
    expect(await readOptions({ service: 'invoicing' })).toMatchObject(billing);
    expect(await readOptions({ service: 'invoicing', history: 'shop' })).toMatchObject(shop);
    expect(await readOptions({ migrations: join(dir, 'billing') })).toEqual(billing);
    expect((await readError({ service: 'orders' })).message).toContain('choose one of shop, billing');
    expect((await readError({ history: 'biling' })).message).toContain('did you mean billing?');
    await write({ histories, services, history: 'shop' });
    expect(await readOptions()).toEqual(shop);
    expect(await readOptions({ service: 'orders' })).toMatchObject(shop);
  });

  test.each([
    [{ service: 'order' }, 'plinth.json has no service order (it has orders, billing); did you mean orders?'],
    [{ target: 'lcoal' }, 'plinth.json has no target lcoal (it has local, ci, cluster); did you mean local?'],
    [{ target: 'constructor' }, 'plinth.json has no target constructor (it has local, ci, cluster)'],
  ])('%j is in vain', async (request, message) => {
    await write(SHOP);
    expect(await readError(request)).toMatchObject({ code: 'OPTIONS_INVALID', message });
  });

  test('all that is in vain is told at once', async () => {
    await write(SHOP);
    const { args } = (await readError({ service: 'x', target: 'y' })) as PlinthError<'OPTIONS_INVALID'>;
    expect(args.problems).toHaveLength(2);
  });

  test('names itself as the place of an option, for later problems', async () => {
    await write({ ...SHOP, timeout: '9999999h' });
    const { options } = await readSettings({ cwd: dir });
    const { apply } = await import('../../src/run.js');
    await expect(apply({ ...options, url: 'postgres://h' })).rejects.toThrow('plinth.json: timeout must be');
    expect((options as { [OPTION_NAMES]?: object })[OPTION_NAMES]).toMatchObject({ set: 'plinth.json: set' });
  });

  test('PLINTH_SCRATCH_URL, which the library reads, wins over the file', async () => {
    await write({ scratch: 'postgres://file' });
    expect(await readOptions()).toMatchObject({ scratch: 'postgres://file' });
    process.env['PLINTH_SCRATCH_URL'] = 'postgres://environment';
    try {
      expect(await readOptions()).not.toHaveProperty('scratch');
    } finally {
      delete process.env['PLINTH_SCRATCH_URL'];
    }
  });
});

test('plinth.schema.json is as the sources have it (npm run docs)', async () => {
  const { renderSchemaFile } = await import('../../scripts/docs-blocks.js');
  expect(await readFile(join(import.meta.dirname, '../../plinth.schema.json'), 'utf8')).toBe(
    renderSchemaFile(),
  );
});
