import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getDifferences } from '../../scripts/histories/fingerprint.js';
import { apply } from '../../src/index.js';
import { type CommandLine, createCommandLine } from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  server = await startRunServer();
  cli = await createCommandLine(server.cacheDir);
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

let url: string;
let folder: string;
beforeEach(async () => {
  url = await server.createDatabase();
  folder = join(server.dir, `shop-${Math.random()}`);
  await cp(SHOP, folder, { recursive: true });
});

const run = (...more: readonly string[]) => cli.run(['apply', '-m', folder, '--url', url, ...more]);

/** The same in this process, which is faster, where all goes well. */
const applied = (...tables: readonly string[]) =>
  apply({ migrations: folder, url, tables, cacheDir: server.cacheDir });

async function edit(part: string, change: (text: string) => string): Promise<void> {
  const name = (await readdir(folder)).find((each) => each.includes(part))!;
  const before = await readFile(join(folder, name), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(join(folder, name), after);
}

/** Runs, is refused with this code, and leaves catalogue, rows and ledger as they were. */
async function expectUnchanged(code: string, exit: number, ...more: readonly string[]): Promise<string> {
  const ledger = 'select * from plinth.statements order by history, migration, index';
  const before = [await server.readPicture(url), await server.query(url, ledger)];
  const ended = await run(...more);
  expect(ended.stderr, more.join(' ')).toContain(`error[${code}]: `);
  expect(ended).toMatchObject({ code: exit, stdout: '' });
  expect([await server.readPicture(url), await server.query(url, ledger)]).toEqual(before);
  return ended.stderr;
}

test.each([[[]], [['--tables', 'products']]])(
  'an edited migration that was applied is shown as a diff (%j)',
  async (argv) => {
    await applied(...argv.slice(1));
    await edit('slugs', (text) => text.replace("'-')) || '-' ||", "'_')) || '_' ||"));
    const stderr = await expectUnchanged('HISTORY_CHANGED', 7, ...argv);
    expect(stderr).toContain('00022_slugs.sql:3');
    expect(stderr).toMatch(/^\s*- .*'-'\)\) \|\| '-' \|\| id/m);
    expect(stderr).toMatch(/^\s*\+ .*'_'\)\) \|\| '_' \|\| id/m);
    const allowed = await run(...argv, '--allow-changed');
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).toContain('00022_slugs.sql:3 changed after being applied; accepted unrun');
    expect(await server.query(url, 'select slug from products')).toEqual([]);
  },
);

test.each([[[]], [['--tables', 'orders,settings']]])(
  'comments, white space and CRLF are no change (%j)',
  async (argv) => {
    await applied(...argv.slice(1).flatMap((names) => names.split(',')));
    for (const name of await readdir(folder)) {
      const comment = (text: string): string =>
        text
          .replace(/(?<=-- \+goose Up\n)/, '/* said /* later */ */\n\n')
          .replace(/^(?=CREATE|ALTER|UPDATE)/gm, '\t -- é\n  ')
          .replace(/(?<=CREATE (TABLE|INDEX)) /g, ' /* 😀 */\n');
      await edit(name, (text) => comment(text).replaceAll('\n', '\r\n'));
    }
    const ended = await run(...argv);
    expect(ended.stderr).not.toContain('error');
    expect(ended.stdout).toMatch(/^Nothing (to do|needed)/);
  },
);

test('a statement more in an applied migration runs, one less is a change', async () => {
  await applied();
  await edit('carts', (text) =>
    text.replace('\n\n-- +goose Down', '\nCREATE INDEX late ON carts (customer_id);\n\n-- +goose Down'),
  );
  expect((await run()).stdout).toContain('Applied 1 statement of 1 migration');
  await edit('carts', (text) => text.replace(/COMMENT ON TABLE.*;\n/, ''));
  expect(await expectUnchanged('HISTORY_CHANGED', 7)).toContain('the carts of the shop');
});

test('a deleted migration that was applied is named', async () => {
  await applied('stock');
  const names = await readdir(folder);
  await rm(join(folder, names.find((name) => name.includes('amounts'))!));
  expect(await expectUnchanged('MIGRATION_DELETED', 7, '--tables', 'stock')).toContain('00038_amounts.sql');
  expect(await expectUnchanged('MIGRATION_DELETED', 7)).toContain('00038_amounts.sql');
});

test('a deleted migration of which nothing was applied does no harm', async () => {
  await applied('countries');
  await rm(join(folder, '00038_amounts.sql'));
  expect(await applied('countries')).toMatchObject({ outcome: 'nothing-to-do' });
});

test('a number inserted below the newest is refused, and runs late where that is allowed', async () => {
  await rm(join(folder, '00009_warehouses.sql')).catch(() => undefined);
  folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);'),
    '3_c.sql': renderGoose('create table c (id int);'),
  });
  await applied();
  await writeFile(join(folder, '2_b.sql'), renderGoose('create table b (id int);'));
  const stderr = await expectUnchanged('MIGRATION_OUT_OF_ORDER', 7);
  expect(stderr).toContain('new migrations stand below 3_c.sql, which is applied: 2_b.sql');
  await expectUnchanged('MIGRATION_OUT_OF_ORDER', 7, '--tables', 'b');
  expect((await run('--tables', 'c')).code).toBe(0);
  const late = await run('--allow-out-of-order');
  expect(late.code).toBe(0);
  expect(late.stdout).toContain('Applied 1 statement of 1 migration');
  expect((await run()).stdout).toContain('Nothing to do');
});

test('what a request needs later from below the newest is not out of order', async () => {
  await applied('stock');
  expect(await applied('wishes')).toMatchObject({ outcome: 'applied' });
});

test('a table that is there and in no ledger stops the run before anything is changed', async () => {
  await server.query(url, 'create schema billing; create table billing.payments (x int)');
  const ended = await run('--tables', 'countries,payments');
  expect(ended).toMatchObject({ code: 6, stdout: '' });
  expect(ended.stderr).toContain(
    'error[TABLE_EXISTS]: a table is in the database already and in no ledger, and not as the history leaves it: billing.payments\n',
  );
  expect(await server.query(url, "select from pg_tables where schemaname = 'public'")).toEqual([]);
});

test('a table of the ledger that a new migration drops, or renames, and makes anew is no such table', async () => {
  folder = await server.createFolder({
    '1_a.sql': renderGoose('create table a (id int);', 'create table b (id int);'),
  });
  await applied('a', 'b');
  const again = [
    'drop table a;',
    'create table a (id text);',
    'alter table b rename to b_old;',
    'create table b ();',
  ];
  await writeFile(join(folder, '2_b.sql'), renderGoose(...again));
  expect(await applied('a', 'b')).toMatchObject({ outcome: 'applied', created: ['public.a', 'public.b'] });
  expect(await server.query(url, "select to_regclass('b_old') is null as gone")).toEqual([{ gone: false }]);
});

test('a table that is there stops a whole history at a whole migration', async () => {
  await server.query(url, 'create table coupons (x int)');
  const ended = await run();
  expect(ended.stderr).toMatch(/error\[(TABLE_EXISTS|MIGRATION_FAILED)\]: .*coupons/);
  expect(await server.query(url, "select to_regclass('coupons_id_seq') as it")).toEqual([{ it: null }]);
});

test('a table that the ledger has and somebody dropped is told, whatever else is asked for', async () => {
  await applied('messages', 'suppliers');
  await server.query(url, 'drop table messages');
  for (const tables of ['messages,suppliers', 'messages', 'messages,countries', 'reviews,messages']) {
    expect(await expectUnchanged('LEDGER_UNTRUE', 7, '--tables', tables)).toContain('gone: public.messages');
  }
  expect(await applied('suppliers', 'countries')).toMatchObject({ outcome: 'nothing-to-do' });
  await server.query(url, 'drop table customers cascade');
  expect(await expectUnchanged('LEDGER_UNTRUE', 7, '--tables', 'carts')).toContain('gone: public.customers');
});

// Without an observation nobody knows which tables a whole history makes; the catalogue before and after it does.
test('a table of a whole history that somebody dropped is told', async () => {
  await applied();
  await server.query(url, 'drop table billing.payments');
  expect(await expectUnchanged('LEDGER_UNTRUE', 7)).toContain('gone: billing.payments');
  expect(await expectUnchanged('LEDGER_UNTRUE', 7, '--tables', 'payments')).toContain(
    'gone: billing.payments',
  );
});

test('two histories in one database do not mix', async () => {
  const other = await server.createFolder({
    '00001_types.sql': renderGoose('create table elsewhere (id int);'),
  });
  await applied('countries');
  await apply({ migrations: other, url, history: 'other', cacheDir: server.cacheDir });
  await apply({ migrations: folder, url, tables: ['settings'], cacheDir: server.cacheDir });
  const reference = await server.createDatabase();
  await apply({
    migrations: folder,
    url: reference,
    tables: ['settings', 'countries'],
    cacheDir: server.cacheDir,
  });
  await server.query(reference, 'create table elsewhere (id int)');
  expect(getDifferences(await server.readPicture(url), await server.readPicture(reference), [])).toEqual([]);
});
