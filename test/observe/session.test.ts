import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import { type Stage, type Story, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const getOutside = (story: Story): string[] =>
  story.sql.filter((_, at) => story.observation.statements[at]!.effect.outside === true);
const getFailed = (story: Story): string[] =>
  story.sql.filter((_, at) => story.observation.statements[at]!.effect.failed !== undefined);

describe('the settings of a file', () => {
  it('hold for that file only, and are part of every slice', async () => {
    const story = await stage.create({
      '1.sql': `select pg_catalog.set_config('search_path', '', false);
        create schema app; create table public.a (id int);
        set search_path = app; create table b (id int);`,
      '2.sql': 'create table c (id int); create temp table scratchpad (id int);',
      '3.sql': 'create table scratchpad (id int);',
    });
    expect(story.observation.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'app.b',
      'public.a',
      'public.c',
      'public.scratchpad',
    ]);
    expect(story.getSlice('b')).toMatchInlineSnapshot(`
      "select pg_catalog.set_config('search_path', '', false)  | (always)
      create schema app  | app.b ← schema app
      set search_path = app  | (always)
      create table b (id int)  | app.b"
    `);
    await story.expectFaithful();
  });

  it('may be local to its transaction, with tables that go at its end', async () => {
    const story = await stage.create({
      '1.sql': `create schema app;
        set local search_path = app;
        create table a (id int primary key);
        create temp table passing (id int) on commit drop;
        insert into passing values (1), (2);
        insert into a select id from passing;
        create table other (id int);`,
      '2.sql': 'create table t (id int);',
    });
    expect(getFailed(story)).toEqual([]);
    expect(story.getSlice('app.a', { cut: 50 })).toMatchInlineSnapshot(`
      "create schema app  | app.a ← schema app
      set local search_path = app  | (always)
      create table a (id int primary key)  | app.a
      create temp table passing (id int) on commit drop  | app.a ← pg_temp.passing
      insert into passing values (1), (2)  | app.a ← pg_temp.passing
      insert into a select id from passing  | app.a"
    `);
    expect(story.getKept('t')).toEqual(['set local search_path = app', 'create table t (id int)']);
    await story.expectFaithful();
  });

  it('may be local to a block of a file without a transaction', async () => {
    const story = await stage.create(
      {
        '1_a.sql': `-- +goose NO TRANSACTION
          -- +goose Up
          create schema app;
          begin;
          set local search_path = app;
          create table a (id int);
          commit;
          create table b (id int);`.replace(/^ +/gm, ''),
      },
      { format: 'goose' },
    );
    expect(getFailed(story)).toEqual([]);
    expect(story.observation.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'app.a',
      'public.b',
    ]);
    await story.expectFaithful();
  });

  it('go on from a search path that the owner of the history gives', async () => {
    const story = await stage.create(
      {
        '1.sql': 'create table a (id int); set search_path = public; create table b (id int);',
        '2.sql': 'create table c (id int);',
      },
      { prelude: 'create schema home', searchPath: 'home, public' },
    );
    expect(story.observation.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'home.a',
      'home.c',
      'public.b',
    ]);
    await story.expectFaithful();
  });
});

describe('what refuses a transaction', () => {
  it('is found, declared or not', async () => {
    const story = await stage.create({
      '1.sql': 'create table t (id int); insert into t values (1); create table other (id int);',
      '2.sql': 'create index concurrently t_id on t (id);',
      '3.sql': `create procedure fill() language plpgsql as $$ begin insert into t values (2); commit; insert into t values (3); end $$;`,
      '4.sql': 'call fill();',
      '5.sql': 'vacuum t;',
      '6.sql': 'reindex index concurrently t_id;',
    });
    expect(getFailed(story)).toEqual([]);
    expect(getOutside(story)).toEqual([
      'create index concurrently t_id on t (id)',
      'call fill()',
      'vacuum t',
      'reindex index concurrently t_id',
    ]);
    // Event triggers are told of REINDEX from PostgreSQL 17 on; it is not missed.
    const slice = story.getSlice('t', { cut: 45 }).replace(/\nreindex .*$/, '');
    expect(slice).toMatchInlineSnapshot(`
      "create table t (id int)  | t
      insert into t values (1)  | t
      create index concurrently t_id on t (id)  | t ← index t_id
      create procedure fill() language plpgsql as $…  | t ← procedure fill()
      call fill()  | t"
    `);
    expect(story.getKept('other')).toEqual(['create table other (id int)']);
    await story.expectFaithful();
  });
});

describe('what is there before the history', () => {
  it('is environment: named, and in no slice', async () => {
    const story = await stage.create(
      {
        '1.sql': `create table orders (who uuid references auth.users, at timestamptz default tools.now());
          create table other (id int); insert into auth.users values ('00000000-0000-0000-0000-000000000001');`,
        '2.sql': 'grant select on schema_migrations to public; create view seen as select * from auth.users;',
      },
      {
        prelude: `create schema auth; create table auth.users (id uuid primary key); create schema tools;
          create table schema_migrations (version text);
          create function tools.now() returns timestamptz language sql as 'select now()'`,
        byProducts: ['public.schema_migrations', 'auth.users'],
      },
    );
    const { objects, tables } = story.observation;
    expect(objects.filter(({ environment }) => environment === true).map(({ identity }) => identity)).toEqual(
      expect.arrayContaining(['auth.users', 'auth', 'tools', 'tools.now()']),
    );
    expect(tables.map(({ name }) => name)).toEqual(['orders', 'other']);
    expect(story.getSlice('orders', { cut: 50 })).toMatchInlineSnapshot(`
      "create table orders (who uuid references auth.user…  | orders
      insert into auth.users values ('00000000-0000-0000…  | orders ← constraint orders_who_fkey ← auth.users"
    `);
    expect(story.getKept('other')).toEqual(['create table other (id int)']);
    await story.expectFaithful();
  });
});

describe('what cannot be watched', () => {
  it('is kept for the tables that it names, and leaves the others alone', async () => {
    const story = await stage.create(
      {
        '1.sql':
          'create extension vectors_of_nobody; create table plain (id int); create table items (id int);',
        '2.sql': 'alter table items add column v vector(3); create table ended (v vector(3));',
        '3.sql': 'create index on plain (id); alter table plain add column done boolean;',
      },
      { tolerant: true },
    );
    expect(getFailed(story)).toHaveLength(3);
    expect(story.getSlice('items')).toMatchInlineSnapshot(`
      "create extension vectors_of_nobody  | (unobserved) ← items
      create table items (id int)  | items
      alter table items add column v vector(3)  | (unobserved) ← items"
    `);
    expect(story.getSlice('plain')).toMatchInlineSnapshot(`
      "create table plain (id int)  | plain
      create index on plain (id)  | plain ← index plain_id_idx
      alter table plain add column done boolean  | plain"
    `);
    await story.expectFaithful(0, ['public.plain']);
    expect(() => story.getSlice('ended')).toThrow(/could not be observed: 2\.sql:1/);
  });

  it('is refused before anything runs where it reaches for programs or files', async () => {
    const files = { '1.sql': 'create table t (a text);', '2.sql': "\ncopy t from program 'echo 1';" };
    const error = await stage.create(files).catch((thrown: unknown) => thrown);
    expect(isPlinthError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'SERVER_FILE_REFUSED',
      args: { places: ["2.sql:2 copy t from program 'echo 1'"] },
    });
    const left = await stage.withSession('postgres', (session) =>
      session.query("select datname from pg_database where datname like 'plinth_scratch%'"),
    );
    expect(left).toEqual([]);
  });
});

describe("a history's own event trigger", () => {
  it('works beside those that watch', async () => {
    const story = await stage.create({
      '1.sql': `create table audit (tag text);
        create function on_ddl() returns event_trigger language plpgsql as $$ begin insert into audit values (tg_tag); end $$;
        create event trigger audit_ddl on ddl_command_end execute function on_ddl();`,
      '2.sql': 'create table t (id int); drop event trigger audit_ddl; create table u (id int);',
    });
    expect(getFailed(story)).toEqual([]);
    expect(story.getSlice('u')).toMatchInlineSnapshot(`"create table u (id int)  | u"`);
    expect(story.getSlice('t', { alone: true, cut: 50 })).toMatchInlineSnapshot(`
      "create table audit (tag text)  | t ← audit
      create table t (id int)  | t"
    `);
    // Rows that an event trigger writes come with the whole history only.
    await story.expectFaithful(0, ['public.u']);
  });
});

describe('watching a history again', () => {
  it('tells the same, to the byte', async () => {
    const files = {
      '1.sql': `create type m as enum ('a'); create table t (id serial primary key, m m); create table u (t int references t);
        do $$ begin execute 'create table made (id int)'; end $$; insert into t (m) values ('a');`,
      '2.sql': 'create index concurrently on t (m); grant select on u to public; drop table made cascade;',
    };
    const [first, second] = [await stage.create(files), await stage.create(files)];
    expect(JSON.stringify(second.observation)).toBe(JSON.stringify(first.observation));
  });
});
