import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type ApplyOptions,
  apply,
  isPlinthError,
  type RunEvent,
  type RunResult,
  verify,
} from '../../src/index.js';
import { type RunServer, renderGoose, startRunServer } from '../support/run-database.js';

let server: RunServer;
let url: string;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
});

const FILES = {
  '1_shop.sql': renderGoose(
    "create type state as enum ('open', 'paid');",
    'create table customers (id bigint primary key, name text not null);',
    'create table orders (id bigserial primary key, customer bigint references customers, state state);',
    'create table notes (id int, text text);',
  ),
  '2_touch.sql': renderGoose(
    'alter table orders add column touched_at timestamptz;',
    '-- +goose StatementBegin',
    'create function touch() returns trigger language plpgsql as $$ begin new.touched_at := now(); return new; end $$;',
    '-- +goose StatementEnd',
    'create trigger orders_touch before update on orders for each row execute function touch();',
    "comment on table orders is 'what was bought';",
  ),
};
const getSql = (name: keyof typeof FILES): string => FILES[name].replaceAll(/^--.*$/gm, '');

let folder: string;
beforeEach(async () => {
  folder = await server.createFolder(FILES);
});

const getOptions = (tables: readonly string[], more: Partial<ApplyOptions> = {}): ApplyOptions => ({
  migrations: folder,
  scratch: server.getUrl(),
  cacheDir: server.cacheDir,
  url,
  tables: [...tables],
  ...more,
});
const applied = (...tables: string[]): Promise<RunResult> => apply(getOptions(tables));

/** What a run throws. */
async function getError(...tables: string[]) {
  const error = await applied(...tables).catch((thrown: unknown) => thrown);
  if (!isPlinthError(error)) throw error;
  return error;
}

const readStates = () =>
  server.query(url, 'select state, count(*)::int as count from plinth.statements group by 1 order by 1');

describe('a table that is in no ledger', () => {
  test('is adopted with all it stands on where it is what the history leaves', async () => {
    await server.query(url, getSql('1_shop.sql') + getSql('2_touch.sql'));
    const events: RunEvent[] = [];
    const result = await apply(getOptions(['orders']), { onEvent: (event) => void events.push(event) });
    expect(result).toMatchObject({
      outcome: 'adopted',
      adopted: ['public.customers', 'public.orders'],
      created: [],
    });
    expect(result.steps.map(({ status }) => status)).toEqual(Array(7).fill('adopted'));
    expect(events).toContainEqual({ type: 'adopted', tables: result.adopted, statements: 7 });
    expect(await readStates()).toEqual([{ state: 'adopted', count: 7 }]);

    expect(await applied('orders')).toMatchObject({ outcome: 'nothing-to-do', adopted: [] });
    expect(await verify(getOptions(['orders']))).toMatchObject({ ok: true, differences: [] });
  });

  test('is told with what differs where it is another one, and nothing is done', async () => {
    const other = getSql('1_shop.sql').replace('name text not null', 'name text') + getSql('2_touch.sql');
    await server.query(url, other);
    const error = await getError('orders', 'notes');
    expect(error).toMatchObject({ code: 'TABLE_EXISTS', args: { tables: ['public.customers'] } });
    expect(error.message).toBe(
      [
        'a table is in the database already and in no ledger, and not as the history leaves it: public.customers',
        '  table public.customers',
        '    column name lacks NOT NULL',
      ].join('\n'),
    );
    expect(await server.query(url, "select from pg_namespace where nspname = 'plinth'")).toEqual([]);
  });

  test('is another one where a function that it calls is', async () => {
    await server.query(url, getSql('1_shop.sql') + getSql('2_touch.sql').replace('now()', "'epoch'"));
    const error = await getError('orders');
    expect(error.message).toMatch(
      /: public\.orders\n {2}function public\.touch\(\)\n {4}its body is another one$/,
    );
  });

  test('does not keep the rest of what is asked for from being made', async () => {
    await server.query(url, getSql('1_shop.sql').replace(/create table notes.*/, '') + getSql('2_touch.sql'));
    const result = await applied('orders', 'notes');
    expect(result).toMatchObject({
      outcome: 'applied',
      adopted: ['public.customers', 'public.orders'],
      created: ['public.notes'],
      verified: { ok: true },
    });
    expect(await readStates()).toEqual([
      { state: 'adopted', count: 7 },
      { state: 'applied', count: 1 },
    ]);
  });

  test('is adopted beside a table of the ledger that it refers to', async () => {
    await applied('customers');
    await server.query(
      url,
      `create type state as enum ('open', 'paid');
      create table orders (id bigserial primary key, customer bigint references customers, state state);
      ${getSql('2_touch.sql')}`,
    );
    expect(await applied('orders')).toMatchObject({ adopted: ['public.orders'], created: [] });
    expect(await readStates()).toEqual([
      { state: 'adopted', count: 6 },
      { state: 'applied', count: 1 },
    ]);
  });

  test('is told to be as an earlier migration left it where it is', async () => {
    await server.query(url, getSql('1_shop.sql'));
    const error = await getError('orders');
    expect(error).toMatchObject({
      code: 'TABLE_EXISTS',
      args: { asOf: [{ table: 'public.orders', migration: '1_shop.sql' }] },
    });
    expect(error.message).toContain('public.orders is as 1_shop.sql left it; what came later is missing');
    expect(error.hint).toContain('Let the tool that made it run the rest of the history');
  });

  test('gets what later migrations do to it', async () => {
    await server.query(url, getSql('1_shop.sql') + getSql('2_touch.sql'));
    await applied('orders');
    await writeFile(join(folder, '3_more.sql'), renderGoose('alter table orders add column sum numeric;'));
    expect(await applied('orders')).toMatchObject({ outcome: 'applied', adopted: [], already: 7 });
    expect(await verify(getOptions(['orders']))).toMatchObject({ ok: true });
  });

  test('is adopted once by two runs at the same time', async () => {
    await server.query(url, getSql('1_shop.sql') + getSql('2_touch.sql'));
    const results = await Promise.all([applied('orders'), applied('orders'), applied('orders', 'notes')]);
    expect(results.flatMap(({ adopted }) => adopted).sort()).toEqual([
      'public.customers',
      'public.notes',
      'public.orders',
    ]);
  });
});

describe('a whole history', () => {
  test('is adopted where all of it is there, and nothing is to be done afterwards', async () => {
    await server.query(url, getSql('1_shop.sql') + getSql('2_touch.sql'));
    expect(await applied()).toMatchObject({
      outcome: 'adopted',
      adopted: ['public.customers', 'public.notes', 'public.orders'],
      tables: [],
    });
    expect(await applied()).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await applied('notes')).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await verify(getOptions([]))).toMatchObject({ ok: true });
  });

  test('makes what is missing', async () => {
    await server.query(url, 'create table notes (id int, text text)');
    const result = await applied();
    expect(result).toMatchObject({
      outcome: 'applied',
      adopted: ['public.notes'],
      created: ['public.customers', 'public.orders'],
      verified: { ok: true },
    });
  });

  test('is refused where a table is another one, though it is made only where there is none', async () => {
    folder = await server.createFolder({
      '1_a.sql': renderGoose('create table if not exists a (id int primary key, x text);'),
    });
    await server.query(url, 'create table a (id int primary key)');
    expect((await getError()).message).toContain('column x is missing: text');
    await server.query(url, 'alter table a add x text');
    expect(await applied()).toMatchObject({ outcome: 'adopted' });
  });

  test('is refused where nobody can watch it, unless it makes tables only where there are none', async () => {
    await server.query(url, 'create table notes (id int, text text)');
    const blind = { scratch: 'postgresql://nobody@127.0.0.1:1/none', cacheDir: join(server.dir, 'blind') };
    const error = await apply(getOptions([], blind)).catch((thrown: unknown) => thrown);
    expect(isPlinthError(error) && error).toMatchObject({
      code: 'TABLE_EXISTS',
      args: { tables: ['notes'] },
    });
    expect((error as Error).message).toContain('notes cannot be compared: no scratch server');
    folder = await server.createFolder({
      '1_a.sql': renderGoose('create table if not exists notes (id int, text text);'),
    });
    expect(await apply(getOptions([], blind))).toMatchObject({ outcome: 'applied', created: [] });
  });
});

describe('what a table stands on, and what stands beside it', () => {
  const create = async (...migrations: readonly (readonly string[])[]): Promise<void> => {
    folder = await server.createFolder(
      Object.fromEntries(migrations.map((statements, at) => [`${at + 1}_m.sql`, renderGoose(...statements)])),
    );
  };

  test('a missing partition is a difference, one more is none, and those outside of the window do not matter', async () => {
    const parts = [
      'create table events (day date not null) partition by range (day);',
      "create table events_2030 partition of events for values from ('2030-01-01') to ('2031-01-01');",
    ];
    const next =
      "create table events_2031 partition of events for values from ('2031-01-01') to ('2032-01-01');";
    const more =
      "create table events_2032 partition of events for values from ('2032-01-01') to ('2033-01-01');";
    await create([...parts, next]);
    await server.query(url, parts.join(' '));
    expect((await getError('events')).message).toContain('  table public.events_2031\n    is missing');
    const windowed = { partitions: '2030-01..2030-06' };
    expect(await apply(getOptions(['events'], windowed))).toMatchObject({ adopted: ['public.events'] });
    await server.query(url, `drop schema plinth cascade; ${next} ${more}`);
    expect(await applied('events')).toMatchObject({ adopted: ['public.events'] });
  });

  test('a missing role is no difference: it is what the run does about it', async () => {
    await create(['create table a (id int);', 'grant select on a to adopt_nobody;']);
    await server.query(url, 'create table a (id int)');
    expect(await getError('a')).toMatchObject({ code: 'ROLE_MISSING' });
    const result = await apply(getOptions(['a'], { missingRoles: 'skip' }));
    expect(result).toMatchObject({ adopted: ['public.a'], outcome: 'applied' });
    expect(await readStates()).toEqual([
      { state: 'adopted', count: 1 },
      { state: 'skipped', count: 1 },
    ]);
    expect(await verify(getOptions(['a']))).toMatchObject({ ok: true });
  });

  test('what a statement makes together with something that is missing is refused', async () => {
    await create(
      ['create table a (id int);'],
      ['create table b (id int);'],
      ['do $$ begin alter table a add x int; alter table b add x int; end $$;'],
    );
    await server.query(url, 'create table a (id int, x int)');
    const error = await getError('a', 'b');
    expect(error).toMatchObject({ code: 'TABLE_EXISTS', args: { mixed: ['3_m.sql:2'] } });
  });

  test('what cannot be compared is refused', async () => {
    await create(['create table a (id int);'], ['alter table a add column x no_such_type;']);
    await server.query(url, 'create table a (id int, x text)');
    expect((await getError('a')).message).toContain(
      'public.a cannot be compared: 2_m.sql:2 failed while the history was watched',
    );
  });

  test('what the history made on the way and took away again is not made again', async () => {
    await create(
      ['create table old (id int);', 'insert into old values (1);'],
      ['create table a as select id from old;', 'drop table old;', 'create table b (id int);'],
    );
    await server.query(url, 'create table a (id int)');
    const result = await applied('a', 'b');
    expect(result).toMatchObject({ adopted: ['public.a'], created: ['public.b'] });
    expect(result.steps.filter(({ status }) => status === 'applied')).toHaveLength(1);
  });

  test('what must have come before a change of the table is refused, and with --alone not wanted', async () => {
    await create(
      ['create table a (id int primary key, x int unique);'],
      ['create table b (id int references a (x));'],
      ['alter table a rename x to y;'],
    );
    await server.query(url, 'create table a (id int primary key, y int constraint a_x_key unique)');
    const error = await getError('a', 'b');
    expect(error).toMatchObject({
      code: 'ADOPTED_AHEAD',
      args: { place: '2_m.sql:2', table: 'public.a', later: '3_m.sql:2' },
    });
    expect(await server.query(url, "select from pg_namespace where nspname = 'plinth'")).toEqual([]);
    expect(await apply(getOptions(['a'], { alone: true }))).toMatchObject({ adopted: ['public.a'] });
    expect(await getError('b')).toMatchObject({ code: 'ADOPTED_AHEAD' });
  });

  test('a table that another history made is adopted with a warning', async () => {
    await applied('notes');
    await create(['create table notes (id int, text text);']);
    const other = { history: 'other' };
    const result = await apply(getOptions(['notes'], other));
    expect(result).toMatchObject({
      adopted: ['public.notes'],
      findings: [{ code: 'ADOPTED_FROM_HISTORY', args: { table: 'public.notes', history: 'main' } }],
    });
  });
});

describe('rows', () => {
  const SEEDS = {
    '1_a.sql': renderGoose(
      'create table countries (code text);',
      "insert into countries values ('de'), ('fr');",
      'create table prices (country text, amount int);',
    ),
    '2_b.sql': renderGoose(
      'update countries set code = upper(code);',
      'update prices set amount = amount * 100;',
    ),
  };
  beforeEach(async () => {
    folder = await server.createFolder(SEEDS);
  });

  test('are left as they are, and the statements about them are not run, now or later', async () => {
    await server.query(
      url,
      `create table countries (code text); insert into countries values ('AT');
      create table prices (country text, amount int); insert into prices values ('AT', 5)`,
    );
    const result = await applied('countries', 'prices');
    expect(result).toMatchObject({ outcome: 'adopted', adopted: ['public.countries', 'public.prices'] });
    expect(result.findings).toEqual([
      {
        code: 'ROWS_NOT_COMPARED',
        severity: 'info',
        args: { table: 'public.countries', places: ['1_a.sql:3', '2_b.sql:2'], empty: false },
      },
    ]);
    await writeFile(join(folder, '3_c.sql'), renderGoose('update prices set amount = amount + 1;'));
    expect(await applied('countries', 'prices')).toMatchObject({ outcome: 'applied' });
    expect(await server.query(url, 'select code, amount from countries, prices')).toEqual([
      { code: 'AT', amount: 6 },
    ]);
  });

  test('that are missing in an empty table are a warning', async () => {
    await server.query(url, 'create table countries (code text)');
    const { findings } = await applied('countries');
    expect(findings).toMatchObject([
      { code: 'ROWS_NOT_COMPARED', severity: 'warning', args: { empty: true } },
    ]);
  });
});
