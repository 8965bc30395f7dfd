import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const getIdle = (story: Awaited<ReturnType<Stage['create']>>): string[] =>
  story.sql.filter((_, at) => story.observation.statements[at]!.effect.idle === true);

describe('data statements', () => {
  it('that met no row are idle, and remember whose rows they would change', async () => {
    const story = await stage.create({
      '1.sql': `create table a (id int, v int); create table b (id int, v int); create table c (id int);
        insert into a select id, v from b;
        update a set v = 1 where id is null;
        delete from b;
        truncate c;
        do $$ begin update c set id = 2; end $$;
        select 1;`,
    });
    expect(getIdle(story)).toEqual(story.sql.slice(3));
    const { statements, objects } = story.observation;
    expect(
      statements.slice(3).map(({ effect }) => effect.targets?.map((at) => objects[at]!.identity).join(' ')),
    ).toEqual(['public.a', 'public.a', 'public.b', 'public.c', 'public.c', undefined]);
    expect(story.getKept('a')).toEqual(['create table a (id int, v int)']);
    await story.expectFaithful();
  });

  it('that met no row are idle, whatever rows statements before them met, failed ones too', async () => {
    const story = await stage.create({
      '1.sql': `create table a (id int); create table b (id int);
        insert into a values (1); insert into a select 2 where false;
        update a set id = 3; update a set id = 4 where id = 1;`,
      '2.sql': `do $$ begin insert into b values (1); raise exception 'no'; end $$;
        insert into b select 2 where false;`,
    });
    const [, , , noInsert, , noUpdate, failed, afterwards] = story.sql;
    expect(getIdle(story)).toEqual([noInsert, noUpdate, afterwards]);
    expect(story.observation.statements[story.sql.indexOf(failed!)]!.effect.failed).toBeDefined();
  });

  it('with rows are kept, with the tables that the rows come from', async () => {
    const story = await stage.create({
      '1.sql': `create table kinds (name text primary key, rank int);
        insert into kinds values ('x', 1), ('y', 2), ('z', 3);
        create table things (kind text references kinds, rank int);
        create table other (id int);`,
      '2.sql': `insert into things select name, rank from kinds where rank < 3;
        update things t set rank = k.rank * 10 from kinds k where k.name = t.kind;
        delete from things where kind = 'y';
        insert into other values (1);`,
      '3.sql': `truncate other; insert into other select 7; update kinds set rank = rank + 1;`,
    });
    expect(story.getSlice('things', { alone: true, cut: 40 })).toMatchInlineSnapshot(`
      "create table kinds (name text primary ke…  | things ← constraint things_kind_fkey ← kinds
      insert into kinds values ('x', 1), ('y',…  | things ← constraint things_kind_fkey ← kinds
      create table things (kind text reference…  | things
      insert into things select name, rank fro…  | things
      update things t set rank = k.rank * 10 f…  | things
      delete from things where kind = 'y'  | things
      update kinds set rank = rank + 1  | things ← constraint things_kind_fkey ← kinds"
    `);
    expect(story.getSlice('other')).toMatchInlineSnapshot(`
      "create table other (id int)  | other
      insert into other values (1)  | other
      truncate other  | other
      insert into other select 7  | other"
    `);
    await story.expectFaithful();
  });

  it('that fill a table from one that is dropped later bring that one along', async () => {
    const story = await stage.create({
      '1.sql': `create table legacy (id int, name text); insert into legacy values (1, 'one'), (2, 'two');
        create table people (id int, name text); create table other (id int);`,
      '2.sql': 'insert into people select * from legacy; drop table legacy;',
    });
    expect(story.getSlice('people', { cut: 40 })).toMatchInlineSnapshot(`
      "create table legacy (id int, name text)  | people ← legacy
      insert into legacy values (1, 'one'), (2…  | people ← legacy
      create table people (id int, name text)  | people
      insert into people select * from legacy  | people
      drop table legacy  | people ← legacy"
    `);
    await story.expectFaithful();
  });
});

describe('renames', () => {
  it('of tables, columns and enum labels find what used the old names', async () => {
    const story = await stage.create({
      '1.sql': `create type state as enum ('open', 'shut');
        create table boxes (id int primary key, state state);
        insert into boxes values (1, 'open');
        create table parts (box int references boxes (id), state state default 'open');
        create table other (s state);
        create index on boxes (state);`,
      '2.sql': `alter table boxes rename to crates;
        alter table crates rename column state to condition;
        alter type state rename value 'open' to 'opened';
        alter index boxes_state_idx rename to crates_condition;`,
      '3.sql': `insert into crates values (2, 'opened');
        alter table parts rename column box to crate;
        alter type state rename to condition;
        update parts set state = 'shut' where crate = 1;`,
    });
    expect(story.getSlice('parts', { alone: true, cut: 45 })).toMatchInlineSnapshot(`
      "create type state as enum ('open', 'shut')  | parts ← column state ← type condition
      create table boxes (id int primary key, state…  | parts ← constraint parts_box_fkey ← crates
      insert into boxes values (1, 'open')  | parts ← constraint parts_box_fkey ← crates
      create table parts (box int references boxes …  | parts
      create index on boxes (state)  | parts ← constraint parts_box_fkey ← crates ← index boxes_state_idx
      alter table boxes rename to crates  | parts ← constraint parts_box_fkey ← crates
      alter table crates rename column state to con…  | parts ← constraint parts_box_fkey ← crates
      alter type state rename value 'open' to 'open…  | parts ← column state ← type condition
      alter index boxes_state_idx rename to crates_…  | parts ← constraint parts_box_fkey ← crates ← index crates_condition
      insert into crates values (2, 'opened')  | parts ← constraint parts_box_fkey ← crates
      alter table parts rename column box to crate  | parts
      alter type state rename to condition  | parts ← column state ← type condition"
    `);
    expect(story.getSlice('other', { alone: true })).toMatchInlineSnapshot(`
      "create type state as enum ('open', 'shut')  | other ← column s ← type condition
      create table other (s state)  | other
      alter type state rename value 'open' to 'opened'  | other ← column s ← type condition
      alter type state rename to condition  | other ← column s ← type condition"
    `);
    expect(story.getSlice('other')).toMatchInlineSnapshot(`
      "create type state as enum ('open', 'shut')  | other ← column s ← type condition
      create table boxes (id int primary key, state state)  | (order) ← other ← column s ← type condition
      insert into boxes values (1, 'open')  | (order) ← other ← column s ← type condition
      create table parts (box int references boxes (id), state sta…  | (order) ← other ← column s ← type condition
      create table other (s state)  | other
      create index on boxes (state)  | other ← column s ← type condition ← crates ← index boxes_state_idx
      alter table boxes rename to crates  | other ← column s ← type condition ← crates
      alter table crates rename column state to condition  | other ← column s ← type condition ← crates
      alter type state rename value 'open' to 'opened'  | other ← column s ← type condition
      alter index boxes_state_idx rename to crates_condition  | other ← column s ← type condition ← crates ← index crates_condition
      insert into crates values (2, 'opened')  | other ← column s ← type condition ← crates
      alter table parts rename column box to crate  | other ← column s ← type condition ← parts
      alter type state rename to condition  | other ← column s ← type condition"
    `);
    await story.expectFaithful(5);
  });

  it('let a name be taken again by another table', async () => {
    const story = await stage.create({
      '1.sql': `create table users (id int primary key); create table logins (u int references users);
        insert into users values (1);`,
      '2.sql': 'alter table users rename to old_users; create table users (id text primary key);',
      '3.sql': `insert into users select id::text from old_users;
        alter schema public rename to temporary; alter schema temporary rename to public;`,
    });
    expect(story.getSlice('users', { cut: 45 })).toMatchInlineSnapshot(`
      "create table users (id int primary key)  | (order) ← users
      create table logins (u int references users)  | (order) ← users ← old_users
      insert into users values (1)  | users ← old_users
      alter table users rename to old_users  | users ← old_users
      create table users (id text primary key)  | users
      insert into users select id::text from old_us…  | users
      alter schema public rename to temporary  | users ← schema public
      alter schema temporary rename to public  | users ← schema public"
    `);
    expect(story.getSlice('logins', { alone: true })).toMatchInlineSnapshot(`
      "create table users (id int primary key)  | logins ← constraint logins_u_fkey ← old_users
      create table logins (u int references users)  | logins
      insert into users values (1)  | logins ← constraint logins_u_fkey ← old_users
      alter table users rename to old_users  | logins ← constraint logins_u_fkey ← old_users
      alter schema public rename to temporary  | logins ← schema public
      alter schema temporary rename to public  | logins ← schema public"
    `);
    await story.expectFaithful(5);
  });

  it('of schemas find what named the old one', async () => {
    const story = await stage.create({
      '1.sql':
        'create schema app; create table app.a (id int); create table app.b (id int); create table t (id int);',
      '2.sql': 'alter schema app rename to shop;',
      '3.sql': 'alter table shop.b add column v int; alter table t set schema shop;',
    });
    expect(story.getSlice('shop.a')).toMatchInlineSnapshot(`
      "create schema app  | shop.a ← schema shop
      create table app.a (id int)  | shop.a
      create table app.b (id int)  | (order) ← shop.a ← schema shop
      alter schema app rename to shop  | shop.a ← schema shop
      alter table shop.b add column v int  | shop.a ← schema shop ← shop.b"
    `);
    await story.expectFaithful(5);
  });
});
