import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, plan, readStatus, verify, wait } from '../../src/index.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
let migrations: string;
beforeAll(async () => {
  server = await startRunServer();
  migrations = await server.createFolder({
    '1.sql': `create schema audit;
      create table orders (id int primary key, amount int);
      create table unrelated (id int);
      create view order_totals as select sum(amount) as total from orders;
      create table audit.log (day date not null) partition by range (day);
      create function audit.make_partition(d date) returns void language plpgsql as $$ begin
        perform from audit.log where day = d;
        execute format('create table if not exists audit.%I partition of audit.log for values from (%L) to (%L)', 'log_' || d, d, d + 1); end $$;
      comment on function audit.make_partition(date) is 'one a day';
      create type status as enum ('new', 'done');`,
    '2.sql': `create materialized view audit.days as select day from audit.log;
      grant execute on function audit.make_partition(date) to app;
      comment on type status is 'of an order';`,
  });
  await server.query(server.getUrl(), 'create role app');
});
afterAll(() => server?.stop());

const given = (tables: readonly string[]) => ({
  migrations,
  format: 'plain' as const,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
  tables,
});
const readNames = async (url: string): Promise<readonly unknown[]> => {
  const rows = await server.query(
    url,
    `select relname as name from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace::regnamespace::text in ('public', 'audit')
     union select proname from pg_proc where pronamespace::regnamespace::text = 'audit' union select typname from pg_type where typtype = 'e' order by 1`,
  );
  return rows.map(({ name }) => name);
};

describe('views, functions and types', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['order_totals', ['public.order_totals'], ['order_totals', 'orders']],
    ['audit.days', ['audit.days'], ['days', 'log']],
    ['function make_partition', ['function audit.make_partition(date)'], ['log', 'make_partition']],
    ['type status', ['type public.status'], ['status']],
  ])('%s is asked for by its name, comes with what it stands on, and once', async (name, tables, made) => {
    const url = await server.createDatabase();
    expect((await plan(given([name]))).tables).toEqual(tables);
    const result = await apply({ ...given([name]), url });
    expect(result).toMatchObject({ outcome: 'applied', tables, verified: { ok: true } });
    expect(await readNames(url)).toEqual(made);
    expect(await apply({ ...given([name]), url })).toMatchObject({ outcome: 'nothing-to-do', tables });
    expect(await verify({ ...given([name]), url })).toMatchObject({ ok: true, tables });
    const status = await readStatus({ url, migrations, format: 'plain', cacheDir: server.cacheDir });
    expect(status.tables.map((table) => [table.name, table.there])).toEqual([[tables[0], true]]);
  });

  it('that another run makes are waited for', async () => {
    const url = await server.createDatabase();
    const all = given(['order_totals', 'function make_partition', 'type status']);
    let look = (): void => {};
    const looked = new Promise<void>((resolve) => {
      look = resolve;
    });
    const waiting = wait(
      { ...all, url, timeout: '55s', every: 50 },
      { onEvent: ({ type }) => type === 'waiting' && look() },
    );
    await looked;
    const { tables } = await apply({ ...all, url });
    expect(await waiting).toMatchObject({ ok: true, tables });
  });

  it('that are gone, or otherwise, are told', async () => {
    const url = await server.createDatabase();
    const all = given(['order_totals', 'function make_partition', 'type status']);
    await apply({ ...all, url });
    await server.query(
      url,
      `comment on function audit.make_partition(date) is 'two'; revoke execute on function audit.make_partition(date) from app`,
    );
    const { differences } = await verify({ ...all, url });
    expect(differences.map(({ object, kind }) => `${object} ${kind}`)).toEqual([
      'function audit.make_partition(pg_catalog.date) grant',
      'function audit.make_partition(pg_catalog.date) comment',
    ]);
    await server.query(
      url,
      'drop view order_totals; drop function audit.make_partition(date); drop type status',
    );
    await expect(apply({ ...all, url })).rejects.toMatchObject({
      code: 'LEDGER_UNTRUE',
      args: {
        missing: ['function audit.make_partition(date)', 'public.order_totals', 'type public.status'],
      },
    });
  });
});
