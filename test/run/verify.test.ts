import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, isPlinthError, type RunEvent, type VerifyResult, verify } from '../../src/index.js';
import {
  type CommandLine,
  createCommandLine,
  finish,
  parseLines,
  waitForLines,
} from '../support/cli-process.js';
import { type RunServer, renderGoose, SHOP, startRunServer } from '../support/run-database.js';

const EVENTS = join(import.meta.dirname, '../../src/kubernaut/migrations');

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

const getSource = (migrations = SHOP) => ({
  migrations,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
});

describe('verify', () => {
  let url: string;
  beforeAll(async () => {
    url = await server.createDatabase();
    await apply({ ...getSource(), url, tables: ['orders'] });
  });
  const run = (...argv: string[]) =>
    cli.run(['verify', '-m', SHOP, '--url', url, '--tables', 'orders', ...argv]);

  test('says that all is as it should be, and ends with 0', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^All is as the history leaves it: compared \d+ objects of public\.orders \(.*\)\.\n$/,
    );
  });

  test('takes the command line of apply', async () => {
    const { code } = await run('--missing-roles', 'skip', '--with-prelude', '--allow-changed', '--no-verify');
    expect(code).toBe(0);
  });

  test('lists what differs on stdout, ends with 10, and is right again when it is mended', async () => {
    await server.query(url, "comment on table public.orders is 'mine'");
    const human = await run();
    const json = await run('--json');
    await server.query(url, 'comment on table public.orders is null');
    const again = await run();
    expect(human).toMatchObject({ code: 10, stderr: '' });
    expect(human.stdout).toContain('1 difference, comparing');
    expect(human.stdout).toContain('  table public.orders\n    its comment should not be there: mine\n');
    expect(json.code).toBe(10);
    expect(parseLines(json.stdout).at(-1)).toMatchObject({
      format: 'plinth-events/1',
      type: 'verified',
      result: {
        ok: false,
        tables: ['public.orders'],
        differences: [
          {
            object: 'table public.orders',
            kind: 'comment',
            name: '',
            expected: null,
            found: 'mine',
          },
        ],
      },
    });
    expect(again.code).toBe(0);
  });

  test('of the whole history tells of every table that only a slice left out', async () => {
    const result = await verify({ ...getSource(), url });
    expect(result.tables).toHaveLength(19);
    expect(result.differences).toContainEqual({
      object: 'table public.wishes',
      kind: 'missing',
      name: '',
      expected: 'table',
      found: null,
    });
  });

  test('needs no rights and writes nothing', async () => {
    const empty = await server.createDatabase();
    await server.query(empty, 'create role onlooker login; revoke all on schema public from public');
    await server.query(empty, 'alter role onlooker set default_transaction_read_only = on');
    const as = empty.replace('postgres@', 'onlooker@');
    const result = await verify({ ...getSource(), url: as, tables: ['orders'] });
    expect(result.differences.every(({ kind }) => kind === 'missing')).toBe(true);
    expect(await server.query(empty, "select from pg_namespace where nspname = 'plinth'")).toEqual([]);
  });

  test('tells what differs to who may not read the ledger, too', async () => {
    const filled = await server.createDatabase();
    await apply({ ...getSource(), url: filled, tables: ['countries'] });
    await server.query(filled, "create role stranger login; comment on table public.countries is 'mine'");
    const as = filled.replace('postgres@', 'stranger@');
    const { differences } = await verify({ ...getSource(), url: as, tables: ['countries'] });
    expect(differences.map(({ kind }) => kind)).toEqual(['comment']);
  });

  test('without a target is told what to give', async () => {
    const { code, stderr } = await cli.run(['verify', '-m', SHOP, '--for', 'long']);
    expect(code).toBe(2);
    expect(stderr).toContain('no target: give --url URL');
    expect(stderr).toContain('--for must be a time such as');
  });
});

describe('verify --for', () => {
  const start = (url: string, ...argv: string[]) =>
    cli.start([
      ...['verify', '-m', SHOP, '--url', url, '--tables', 'countries', '--json'],
      ...['--for', '10m', '--every', '20ms', ...argv],
    ]);

  test('ends at the first difference', async () => {
    const url = await server.createDatabase();
    await apply({ ...getSource(), url, tables: ['countries'] });
    const child = start(url);
    const ended = finish(child);
    await waitForLines(child, 'compared', 2);
    await server.query(url, 'drop schema public cascade; create schema public');
    const { code, stdout } = await ended;
    expect(code).toBe(10);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'verified', result: { ok: false } });
  });

  test('goes on after the connection was lost, until Ctrl-C', async () => {
    const url = await server.createDatabase();
    await apply({ ...getSource(), url, tables: ['countries'] });
    const child = start(url);
    const ended = finish(child);
    await waitForLines(child, 'compared', 1);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'plinth/verify/%' and datname = current_database()`;
    const reconnecting = waitForLines(child, 'reconnecting');
    await server.query(url, kill);
    await reconnecting;
    await waitForLines(child, 'compared', 2);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });

  test('ends with 0 when the time is over', async () => {
    const url = await server.createDatabase();
    await apply({ ...getSource(), url, tables: ['countries'] });
    const { code, stdout } = await finish(start(url, '--for', '100ms'));
    expect(code).toBe(0);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'verified', result: { ok: true } });
  });
});

describe('apply', () => {
  test('verifies what it made, and a rerun that finds nothing to do does not', async () => {
    const url = await server.createDatabase();
    const first = await apply({ ...getSource(), url, tables: ['orders'] });
    expect(first.verified).toMatchObject({ ok: true, differences: [], tables: ['public.orders'] });
    expect(first.verified!.checked).toBeGreaterThan(5);
    expect((await apply({ ...getSource(), url, tables: ['orders'] })).verified).toBeNull();
  });

  test('does not where --no-verify is given', async () => {
    const url = await server.createDatabase();
    const argv = ['apply', '-m', SHOP, '--url', url, '--tables', 'countries', '--json'];
    const { code, stdout } = await cli.run([...argv, '--no-verify']);
    expect(code).toBe(0);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'finished', result: { verified: null } });
  });

  test('fails where the outcome is another one, with what ran and what differs', async () => {
    const url = await server.createDatabase();
    await server.query(url, 'alter default privileges grant select on tables to public');
    const argv = ['apply', '-m', SHOP, '--url', url, '--tables', 'countries', '--json'];
    const { code, stdout, stderr } = await cli.run(argv);
    expect(code).toBe(10);
    expect(stderr).toContain('PUBLIC has SELECT, should have no rights');
    expect(parseLines(stdout).at(-1)).toMatchObject({
      type: 'error',
      code: 'VERIFICATION_FAILED',
      result: {
        outcome: 'applied',
        created: ['public.countries'],
        verified: { ok: false, differences: [{ kind: 'grant', name: 'PUBLIC', found: 'SELECT' }] },
      },
    });
    expect(await server.query(url, 'select from public.countries')).not.toEqual([]);
  });

  test('of a whole history verifies only where somebody has watched it', async () => {
    const folder = await server.createFolder({ '1_a.sql': renderGoose('create table a (id int);') });
    const source = { ...getSource(folder), cacheDir: join(server.dir, 'other-cache') };
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const unwatched = await apply({ ...source, url: await server.createDatabase() }, { onEvent });
    expect(unwatched).toMatchObject({ outcome: 'applied', verified: null });
    expect(unwatched.findings).toEqual([{ code: 'NOT_VERIFIED', severity: 'info', args: {} }]);
    expect(events).toContainEqual({ type: 'finding', finding: unwatched.findings[0] });
    expect(events.map(({ type }) => type)).not.toContain('observing');

    await verify({ ...source, url: await server.createDatabase() });
    const watched = await apply({ ...source, url: await server.createDatabase() });
    expect(watched.verified).toMatchObject({ ok: true, tables: ['public.a'], checked: 1 });
  });
});

describe('what is no difference', () => {
  const getDifferences = async (result: Promise<VerifyResult>) => (await result).differences;

  test('rights that were left out because a role is missing', async () => {
    const folder = await server.createFolder({
      '1_a.sql': renderGoose('create table a (id int);', 'grant select on a to nobody_there;'),
    });
    const url = await server.createDatabase();
    const asked = { ...getSource(folder), url, tables: ['a'] };
    const { verified } = await apply({ ...asked, missingRoles: 'skip' });
    expect(verified).toMatchObject({ ok: true });
    expect(await getDifferences(verify(asked))).toEqual([]);
    await server.query(url, 'drop schema plinth cascade');
    expect((await getDifferences(verify(asked))).map(({ kind }) => kind)).toEqual(['grant']);
  });

  test('rights of a role that a block looks up and that the server lacks; where it is there, they are missed', async () => {
    const block = `do $$ begin if exists (select from pg_roles where rolname = 'late_reader') then grant select on a to late_reader; end if; end $$;`;
    const folder = await server.createFolder({
      '1_a.sql': `-- +goose Up\ncreate table a (id int);\n-- +goose StatementBegin\n${block}\n-- +goose StatementEnd`,
    });
    const url = await server.createDatabase();
    const asked = { ...getSource(folder), url, tables: ['a'] };
    expect(await apply(asked)).toMatchObject({ outcome: 'applied', verified: { ok: true } });
    await server.query(url, 'drop schema plinth cascade');
    expect(await apply(asked)).toMatchObject({ outcome: 'adopted' });
    await server.query(url, 'create role late_reader');
    expect(await getDifferences(verify(asked))).toMatchObject([{ kind: 'grant', name: 'late_reader' }]);
    await server.query(url, block);
    expect(await getDifferences(verify(asked))).toEqual([]);
    await server.query(url, 'drop owned by late_reader; drop role late_reader');
  });

  test('a partition that the clock chose, but that there is none for now is told', async () => {
    const url = await server.createDatabase();
    const asked = { ...getSource(EVENTS), url, tables: ['audit_events'] };
    await apply(asked);
    const rows = await server.query(
      url,
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_events'::regclass",
    );
    await server.query(url, 'alter table audit_events drop constraint audit_events_parent');
    await server.query(url, rows.map(({ name }) => `drop table ${String(name)};`).join(' '));
    const result = await verify(asked);
    expect(result.differences.map(({ name }) => name)).toEqual(['audit_events_parent']);
    expect(result.findings).toMatchObject([
      { code: 'PARTITION_FOR_NOW_MISSING', args: { table: 'public.audit_events' } },
    ]);
  });

  test('a table that a statement is about which failed while the history was watched: it is not compared', async () => {
    const folder = await server.createFolder({
      '1_a.sql': renderGoose('create table a (id int);', 'create table b (id int);'),
      '2_a.sql': renderGoose('alter table a add column x no_such_type;'),
    });
    const url = await server.createDatabase();
    await server.query(url, 'create table a (id int, x text); create table b (id int)');
    const result = await verify({ ...getSource(folder), url, tables: ['a', 'b'] });
    expect(result).toMatchObject({ ok: true, checked: 1 });
    expect(result.findings).toMatchObject([{ code: 'OBJECT_NOT_COMPARED', args: { object: 'public.a' } }]);
  });

  test('an error of the server is no difference', async () => {
    const folder = join(server.dir, 'gone');
    await cp(SHOP, folder, { recursive: true });
    const error = await verify({ ...getSource(folder), url: `${server.getUrl('not_there')}` }).catch(
      (thrown: unknown) => thrown,
    );
    expect(isPlinthError(error) && error.code).toBe('DATABASE_MISSING');
  });
});
