import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('a trigger', () => {
  it('brings its function, what that calls and the table that it writes to', async () => {
    const story = await stage.create({
      '1.sql': `create table log (at timestamptz default now(), what text);
        create function write_log(w text) returns void language sql as $$ insert into log (what) values (w) $$;
        create table orders (id int primary key, note text);
        create table other (id int);
        create function on_order() returns trigger language plpgsql as $$
          begin perform write_log(new.note); return new; end $$;
        create function unused() returns int language sql as 'select 1';
        create trigger trg_order before insert on orders for each row execute function on_order();`,
      '2.sql': `insert into orders values (1, 'first');
        alter table log add column by_whom text;`,
    });
    expect(story.getSlice('orders', { alone: true })).toMatchInlineSnapshot(`
      "create table log (at timestamptz default now(), what text)  | orders ← log
      create function write_log(w text) returns void language sql …  | orders ← trigger trg_order ← function on_order() ← function write_log(pg_catalog.text)
      create table orders (id int primary key, note text)  | orders
      create function on_order() returns trigger language plpgsql …  | orders ← trigger trg_order ← function on_order()
      create trigger trg_order before insert on orders for each ro…  | orders ← trigger trg_order
      insert into orders values (1, 'first')  | orders
      alter table log add column by_whom text  | orders ← log"
    `);
    expect(story.getSlice('other')).toMatchInlineSnapshot(`"create table other (id int)  | other"`);
    expect(story.getSlice('log', { alone: true })).toMatchInlineSnapshot(`
      "create table log (at timestamptz default now(), what text)  | log
      create function write_log(w text) returns void language sql …  | log ← function write_log(pg_catalog.text)
      create table orders (id int primary key, note text)  | log ← orders
      create function on_order() returns trigger language plpgsql …  | log ← orders ← trigger trg_order ← function on_order()
      create trigger trg_order before insert on orders for each ro…  | log ← orders ← trigger trg_order
      insert into orders values (1, 'first')  | log
      alter table log add column by_whom text  | log"
    `);
    await story.expectFaithful();
  });
});

describe('a function that is named in a body only', () => {
  it('is found at the end, by the names of all bodies that are left', async () => {
    const story = await stage.create({
      '1.sql': `create table t (id int primary key, v text);
        create function on_t() returns trigger language plpgsql as $$
          begin new.v := decorate(new.v); if new.id < 0 then insert into rejected values (new.id); end if; return new; end $$;
        create trigger trg before insert on t for each row execute function on_t();`,
      '2.sql': `create table rejected (id int);
        create table elsewhere (id int);
        create function prefix() returns text language sql as $$ select '>' $$;
        create function decorate(v text) returns text language sql as $$ select prefix() || v $$;`,
    });
    expect(story.getSlice('t', { cut: 40 })).toMatchInlineSnapshot(`
      "create table t (id int primary key, v te…  | t
      create function on_t() returns trigger l…  | t ← trigger trg ← function on_t()
      create trigger trg before insert on t fo…  | t ← trigger trg
      create table rejected (id int)  | t ← trigger trg ← function on_t() ← rejected
      create function prefix() returns text la…  | t ← trigger trg ← function on_t() ← function decorate(pg_catalog.text) ← function prefix()
      create function decorate(v text) returns…  | t ← trigger trg ← function on_t() ← function decorate(pg_catalog.text)"
    `);
    expect(story.getSlice('elsewhere')).toMatchInlineSnapshot(
      `"create table elsewhere (id int)  | elsewhere"`,
    );
    await story.expectFaithful();
  });

  it('and %type, %rowtype and types of declarations must be there when it is made', async () => {
    const story = await stage.create({
      '1.sql': `create table prices (id int, amount numeric);
        create table "Line Items" (id int);
        create type mood as enum ('good', 'bad');
        create function f(p prices.amount%type) returns int language plpgsql as $$
          declare r "Line Items"%rowtype; m mood; q prices.amount%type; begin return 1; end $$;
        create table t (id int default f(1));
        create table other (id int);`,
    });
    expect(story.getSlice('t', { cut: 40 })).toMatchInlineSnapshot(`
      "create table prices (id int, amount nume…  | t ← default of id ← function f(numeric) ← prices
      create table "Line Items" (id int)  | t ← default of id ← function f(numeric) ← "Line Items"
      create type mood as enum ('good', 'bad')  | t ← default of id ← function f(numeric) ← type mood
      create function f(p prices.amount%type) …  | t ← default of id ← function f(numeric)
      create table t (id int default f(1))  | t"
    `);
    await story.expectFaithful();
  });
});

describe('a DO block', () => {
  it('that makes several tables is kept for each of them, and drags in none of the others', async () => {
    const story = await stage.create(
      {
        '1.sql': `create table base (id int primary key);
        create table side (id int primary key);
        do $$ begin
          execute 'create table one (id int references base)';
          for i in 1..2 loop execute format('create table many_%s (id int)', i); end loop;
        end $$;`,
        '2.sql': `alter table one add column note text; alter table many_1 add column note text;`,
      },
      { byProducts: ['public.many_1', 'public.many_2', 'public.one'] },
    );
    expect(story.getSlice('many_1', { cut: 40 })).toMatchInlineSnapshot(`
      "create table base (id int primary key)  | many_1 ← base
      do $$ begin execute 'create table one (i…  | many_1
      alter table one add column note text  | many_1 ← one
      alter table many_1 add column note text  | many_1"
    `);
    expect(story.getSlice('one', { cut: 40 })).toMatchInlineSnapshot(`
      "create table base (id int primary key)  | one ← constraint one_id_fkey ← base
      do $$ begin execute 'create table one (i…  | one
      alter table one add column note text  | one
      alter table many_1 add column note text  | one ← many_1"
    `);
    expect(story.getSlice('side')).toMatchInlineSnapshot(`"create table side (id int primary key)  | side"`);
    await story.expectFaithful();
  });

  it('that loops over the catalogue meets nothing of ours', async () => {
    const story = await stage.create({
      '1.sql': `create table a (id int); create table b (id int);
        do $$ declare n int; begin
          select count(*) into n from pg_class c join pg_namespace s on s.oid = c.relnamespace
            where s.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'plinth') and s.nspname !~ '^pg_temp'
            and c.relname not in ('a', 'b');
          if n <> 0 then raise exception '% unexpected relations', n; end if;
          select count(*) into n from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema', 'plinth');
          if n <> 0 then raise exception '% unexpected schemas', n; end if;
        end $$;
        create table notes (n int);
        insert into notes select count(*) from pg_namespace where nspname = 'nobody';
        do $$ declare t record; begin
          for t in select tablename from pg_tables where schemaname = 'public' loop
            execute format('alter table %I add column touched int', t.tablename);
          end loop;
        end $$;`,
    });
    expect(story.observation.statements.map(({ effect }) => effect.failed)).not.toContainEqual(
      expect.anything(),
    );
    expect(story.observation.objects.map(({ identity }) => identity)).toEqual([
      'public.a',
      'public.b',
      'public.notes',
    ]);
    expect(story.getSlice('a', { cut: 50 })).toMatchInlineSnapshot(`
      "create table a (id int)  | a
      create table b (id int)  | (order) ← a
      create table notes (n int)  | (order) ← a
      insert into notes select count(*) from pg_namespac…  | a ← notes
      do $$ declare t record; begin for t in select tabl…  | a"
    `);
    await story.expectFaithful();
  });
});

describe('a function that does DDL', () => {
  it('is kept with the SELECT that calls it', async () => {
    const story = await stage.create({
      '1.sql': `create table side (id int);
        create function make(name text) returns void language plpgsql as $$
          begin execute format('create table %I (id int primary key)', name); end $$;
        select make('made');
        select make('made_too');
        create table child (id int references made);`,
      '2.sql': 'drop function make(text);',
    });
    expect(story.getSlice('child', { cut: 50 })).toMatchInlineSnapshot(`
      "create function make(name text) returns void langu…  | child ← constraint child_id_fkey ← made ← function make(pg_catalog.text)
      select make('made')  | child ← constraint child_id_fkey ← made
      select make('made_too')  | (order) ← child ← constraint child_id_fkey ← made ← function make(pg_catalog.text)
      create table child (id int references made)  | child
      drop function make(text)  | child ← constraint child_id_fkey ← made ← function make(pg_catalog.text)"
    `);
    await story.expectFaithful();
  });
});
