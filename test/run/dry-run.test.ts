import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, dryRun, plan } from '../../src/index.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { withLock } from '../../src/postgres/lock.js';
import { openSession } from '../../src/postgres/session.js';
import { type CommandLine, createCommandLine, parseLines } from '../support/cli-process.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';
import { getFreePort } from '../support/server.js';

let server: RunServer;
let cli: CommandLine;
beforeAll(async () => {
  // Nobody else may use up transaction ids.
  server = await startRunServer({ autovacuum: 'off' }, await getFreePort());
  cli = await createCommandLine(server.cacheDir);
  await server.query(server.getUrl(), 'create role reader login; create role writer login');
});
afterAll(async () => {
  await cli?.remove();
  await server?.stop();
});

const FILES = {
  '1_a.sql': renderGoose('create table a (id int);', 'create table other (id int);'),
  '2_b.sql': renderGoose('create table b (id int);'),
};

/** What changes with anything that is written: the next transaction id, and every relation. */
const readMarks = (url: string): Promise<readonly unknown[]> =>
  server.query(
    url,
    `select pg_snapshot_xmax(pg_current_snapshot())::text as next,
      (select string_agg(oid || relname, ',' order by oid) from pg_class) as relations`,
  );

const asUser = (url: string, user: string): string =>
  `postgres://${user}@127.0.0.1:${server.port}/${new URL(url).pathname.slice(1)}`;

describe('nothing is written', () => {
  test.each(['empty', 'half applied', 'satisfied'])('to a database that is %s', async (state) => {
    const url = await server.createDatabase();
    const migrations = await server.createFolder(FILES);
    if (state === 'half applied') await apply({ migrations, url, tables: ['a'], cacheDir: server.cacheDir });
    if (state === 'satisfied') await apply({ migrations, url });
    await server.query(
      url,
      `create function forbid() returns event_trigger language plpgsql as $$ begin raise 'DDL'; end $$;
       create event trigger forbid on ddl_command_start execute function forbid()`,
    );
    const before = await readMarks(url);
    const argv = ['-m', migrations, '--url', url, '--no-cache'];
    const dry = await cli.run(['apply', ...argv, '--dry-run']);
    const planned = await cli.run(['plan', ...argv]);
    expect([dry.code, planned.code], dry.stderr + planned.stderr).toEqual([0, 0]);
    expect(await readMarks(url)).toEqual(before);
    expect(dry.stdout).toContain('Nothing was changed: this was a dry run.');
    expect(dry.stdout).toContain(
      state === 'satisfied' ? 'Nothing to do' : state === 'empty' ? '3 of 3 statements' : '2 of 3 statements',
    );
  });

  test('for the server refuses it, whoever would', async () => {
    const url = await server.createDatabase();
    const migrations = await server.createFolder(FILES);
    await apply({ migrations, url });
    // Reading the ledger is made to write.
    await server.query(
      url,
      `create table seen (id int); alter table plinth.meta rename to real_meta;
       create function plinth.peek() returns int language sql as 'insert into public.seen values (1); select version from plinth.real_meta';
       create view plinth.meta as select plinth.peek() as version`,
    );
    for (const call of [dryRun, plan]) {
      await expect(call({ migrations, url, tables: ['a'], cacheDir: server.cacheDir })).rejects.toMatchObject(
        {
          code: '25006',
        },
      );
    }
    expect(await server.query(url, 'select from seen')).toEqual([]);
  });

  test('and a role that may not write gets its plan, and is told what it lacks', async () => {
    const url = await server.createDatabase();
    const migrations = await server.createFolder(FILES);
    await apply({ migrations, url, tables: ['a'], cacheDir: server.cacheDir });
    const tables = ['a', 'b', 'other'];
    const given = { migrations, tables, url: asUser(url, 'reader'), cacheDir: server.cacheDir };
    expect(await dryRun(given)).toMatchObject({
      outcome: 'blocked',
      plan: null,
      problems: [{ code: 'PERMISSION_DENIED', args: { user: 'reader' } }],
    });
    await server.query(
      url,
      'grant usage on schema plinth to reader; grant select on all tables in schema plinth to reader',
    );
    expect(await dryRun(given)).toMatchObject({
      outcome: 'blocked',
      plan: { already: 1, creates: ['public.b', 'public.other'] },
      problems: [{ code: 'PERMISSION_DENIED', message: expect.stringContaining('lacks INSERT or UPDATE') }],
    });
    expect((await plan(given)).migrations).toHaveLength(2);
  });
});

describe('it ends as the run would end', () => {
  const roles = { '3_c.sql': renderGoose('grant select on b to nobody_here;') };
  const story = (
    title: string,
    prepare: (url: string, folder: string) => Promise<unknown>,
    argv: readonly string[] = [],
    more: Readonly<Record<string, string>> = {},
  ) => ({ title, prepare, argv, more });
  const first = (url: string, folder: string) => apply({ migrations: folder, url });

  test.each([
    story('everything is to be done', async () => {}),
    story('nothing is to be done', first),
    story('a table is there', (url) => server.query(url, 'create table b (id int)'), ['-t', 'b']),
    story('a role is missing', async () => {}, [], roles),
    story(
      'a role is missing and its grants are left out',
      async () => {},
      ['--missing-roles', 'skip'],
      roles,
    ),
    story('an extension is missing', async () => {}, [], {
      '3_c.sql': renderGoose('create extension no_such_extension;'),
    }),
    story('a table is gone', async (url, folder) => {
      await first(url, folder);
      await server.query(url, 'drop table b');
    }),
    story('a statement changed', async (url, folder) => {
      await first(url, folder);
      await writeFile(join(folder, '2_b.sql'), renderGoose('create table b (id bigint);'));
    }),
    story('a migration is gone', async (url, folder) => {
      await first(url, folder);
      await rm(join(folder, '2_b.sql'));
    }),
    story('a migration was inserted', async (url, folder) => {
      await rm(join(folder, '1_a.sql'));
      await first(url, folder);
      await writeFile(join(folder, '1_a.sql'), FILES['1_a.sql']);
    }),
    story('the database is read-only', (url) =>
      server.query(
        url,
        `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
      ),
    ),
    story('the folder is empty', async (_, folder) => {
      await rm(join(folder, '1_a.sql'));
      await rm(join(folder, '2_b.sql'));
    }),
  ])('$title', async ({ prepare, argv, more }) => {
    const url = await server.createDatabase();
    const migrations = await server.createFolder({ ...FILES, ...more });
    await prepare(url, migrations);
    const all = ['apply', '-m', migrations, '--url', url, '-f', 'goose', ...argv];
    const dry = await cli.run([...all, '--dry-run', '--json']);
    const real = await cli.run([...all, '--json']);
    expect(dry.code, `${dry.stderr}\n${real.stderr}`).toBe(real.code);
    const [dryLast, realLast] = [dry, real].map(({ stdout }) => parseLines(stdout).at(-1)!);
    expect(dryLast!['code']).toBe(realLast!['code']);
    if (dry.code === 0) expect(dryLast).toMatchObject({ type: 'dry-run', problems: [] });
  });
});

test('all problems are told, and the plan beside them', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder({
    ...FILES,
    '3_c.sql': renderGoose('grant select on b to nobody_here;', 'create extension no_such_extension;'),
  });
  await server.query(url, 'create table a (id int)');
  const ended = await cli.run(['apply', '-m', migrations, '--url', url, '--dry-run']);
  expect(ended.code).toBe(8);
  expect(ended.stdout).toContain('A run would adopt what is there as the history leaves it: public.a');
  expect(ended.stdout).toContain('create table b');
  for (const code of ['ROLE_MISSING', 'EXTENSION_MISSING']) {
    expect(ended.stderr).toContain(`error[${code}]`);
  }
  const lines = parseLines(
    (await cli.run(['apply', '-m', migrations, '--url', url, '--dry-run', '--json'])).stdout,
  );
  expect(lines.find(({ type }) => type === 'dry-run')).toMatchObject({
    outcome: 'blocked',
    problems: [{ code: 'ROLE_MISSING' }, { code: 'EXTENSION_MISSING' }],
    adopted: ['public.a'],
    plan: { format: 'plinth-plan/1', already: 0 },
  });
});

test('a lock that another one holds is told and not waited for', async () => {
  const url = await server.createDatabase();
  const migrations = await server.createFolder(FILES);
  const config = await resolveConnection({ url, env: {} });
  const holder = await openSession(config, {
    applicationName: 'plinth/billing/ab12',
    connectTimeoutMs: 10_000,
  });
  await withLock(holder, { schema: 'plinth', timeoutMs: 1_000 }, async () => {
    const ended = await cli.run(['apply', '-m', migrations, '--url', url, '--dry-run']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('A run would wait for the lock, held by plinth/billing/ab12');
    expect(await dryRun({ migrations, url })).toMatchObject({
      outcome: 'would-apply',
      lock: { holder: { pid: holder.backendPid, user: 'postgres' }, waiting: [] },
    });
  });
  await holder.close();
});
