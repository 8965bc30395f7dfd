import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('partitions', () => {
  it('belong to their table, also those that were attached, detached and dropped', async () => {
    const story = await stage.create({
      '1.sql': `create table events (id int, day date, primary key (id, day)) partition by range (day);
        create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
        create table events_2025 (id int not null, day date not null, primary key (id, day));
        alter table events attach partition events_2025 for values from ('2025-01-01') to ('2026-01-01');
        create table other (id int);
        create index events_day on events (day);`,
      '2.sql': `alter table events detach partition events_2024;
        drop table events_2024;
        create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
        alter table events detach partition events_2025;
        comment on table events_2026 is 'this year';`,
    });
    expect(story.observation.tables.map(({ name }) => name)).toEqual(['events', 'events_2025', 'other']);
    expect(story.getSlice('events', { alone: true })).toMatchInlineSnapshot(`
      "create table events (id int, day date, primary key (id, day)…  | events
      create table events_2024 partition of events for values from…  | events ← partition events_2024
      create table events_2025 (id int not null, day date not null…  | events ← events_2025
      alter table events attach partition events_2025 for values f…  | events
      create index events_day on events (day)  | events ← index events_day
      alter table events detach partition events_2024  | events
      drop table events_2024  | events
      create table events_2026 partition of events for values from…  | events ← partition events_2026
      alter table events detach partition events_2025  | events
      comment on table events_2026 is 'this year'  | events ← partition events_2026"
    `);
    expect(story.getSlice('other')).toMatchInlineSnapshot(`"create table other (id int)  | other"`);
    await story.expectFaithful();
  });
});

describe('types', () => {
  it('come with the tables that use them, and only those that they stand on', async () => {
    const story = await stage.create({
      '1.sql': `create type mood as enum ('bad');
        create domain positive as int check (value > 0);
        create domain small as int; create type pair as (a small, b text);
        create type span as range (subtype = float8);
        create type unused as enum ('x');
        create table one (m mood, p positive);
        create table two (x pair, y span[]);
        create table three (id int);`,
      '2.sql':
        "alter type mood add value 'good'; alter domain positive add constraint small check (value < 9);",
      '3.sql': "alter table one alter column m set default 'good'; insert into one values ('good', 1);",
    });
    expect(story.getSlice('one', { alone: true })).toMatchInlineSnapshot(`
      "create type mood as enum ('bad')  | one ← column m ← type mood
      create domain positive as int check (value > 0)  | one ← column p ← type positive
      create table one (m mood, p positive)  | one
      alter type mood add value 'good'  | one ← column m ← type mood
      alter domain positive add constraint small check (value < 9)  | one ← column p ← type positive
      alter table one alter column m set default 'good'  | one
      insert into one values ('good', 1)  | one"
    `);
    expect(story.getSlice('two', { alone: true })).toMatchInlineSnapshot(`
      "create domain small as int  | two ← column x ← type pair ← column a ← type small
      create type pair as (a small, b text)  | two ← column x ← type pair
      create type span as range (subtype = float8)  | two ← column y ← type span
      create table two (x pair, y span[])  | two"
    `);
    expect(story.getSlice('three')).toMatchInlineSnapshot(`"create table three (id int)  | three"`);
    await story.expectFaithful();
  });
});

describe('sequences', () => {
  it('belong to the table that owns them, and come with the tables that take from them', async () => {
    const story = await stage.create({
      '1.sql': `create sequence numbers start 10; create sequence "Other Numbers";
        create table owner (id int default nextval('numbers'));
        create table taker (id bigint default nextval('"Other Numbers"'::regclass), s serial);
        create table third (id int generated always as identity (start 5));`,
      '2.sql': `alter sequence numbers owned by owner.id; alter sequence numbers increment 2;
        alter sequence taker_s_seq restart 7; select setval('numbers', 100);`,
    });
    expect(story.getSlice('owner', { alone: true })).toMatchInlineSnapshot(`
      "create sequence numbers start 10  | owner ← default of id ← sequence numbers
      create table owner (id int default nextval('numbers'))  | owner
      alter sequence numbers owned by owner.id  | owner ← sequence numbers
      alter sequence numbers increment 2  | owner ← sequence numbers
      select setval('numbers', 100)  | owner"
    `);
    expect(story.getSlice('taker', { alone: true })).toMatchInlineSnapshot(`
      "create sequence "Other Numbers"  | taker ← default of id ← sequence "Other Numbers"
      create table taker (id bigint default nextval('"Other Number…  | taker
      alter sequence taker_s_seq restart 7  | taker ← sequence taker_s_seq"
    `);
    expect(story.getSlice('third')).toMatchInlineSnapshot(
      `"create table third (id int generated always as identity (sta…  | third"`,
    );
    await story.expectFaithful();
  });
});

describe('views', () => {
  it('are no part of the tables that they show, but of those whose functions and rules use them', async () => {
    const story = await stage.create({
      '1.sql': `create table a (id int primary key, v int);
        create view shown as select id, v from a;
        create materialized view kept as select count(*) as n from a with data;
        create table b (id int);
        create table c (id int);
        create rule copy as on insert to b do also insert into c values (new.id);
        create function total() returns bigint language sql as 'select n from kept';
        create table d (n bigint default total());
        create unique index kept_n on kept (n);
        refresh materialized view concurrently kept;
        create or replace view shown as select id, v, 1 as more from a;`,
    });
    expect(story.getSlice('a', { alone: true })).toMatchInlineSnapshot(
      `"create table a (id int primary key, v int)  | a"`,
    );
    expect(story.getSlice('b')).toMatchInlineSnapshot(`
      "create table b (id int)  | b
      create table c (id int)  | b ← rule copy ← c
      create rule copy as on insert to b do also insert into c val…  | b ← rule copy"
    `);
    expect(story.getSlice('d', { alone: true })).toMatchInlineSnapshot(`
      "create table a (id int primary key, v int)  | d ← default of n ← function total() ← materialized view kept ← a
      create materialized view kept as select count(*) as n from a…  | d ← default of n ← function total() ← materialized view kept
      create function total() returns bigint language sql as 'sele…  | d ← default of n ← function total()
      create table d (n bigint default total())  | d
      create unique index kept_n on kept (n)  | d ← default of n ← function total() ← materialized view kept ← index kept_n
      refresh materialized view concurrently kept  | d ← default of n ← function total() ← materialized view kept"
    `);
    await story.expectFaithful();
  });
});

describe('what is dropped with CASCADE', () => {
  it('takes its dependents along in every slice, and is not made in the end', async () => {
    const story = await stage.create({
      '1.sql': `create table old (id int primary key);
        create table kept (id int references old, v int);
        create view through as select * from kept join old using (id);
        create type mood as enum ('x');
        create table typed (m mood, n int);
        create function f(old) returns int language sql as 'select 1';`,
      '2.sql': 'drop table old cascade; drop type mood cascade; create table old (id text);',
    });
    expect(story.getSlice('kept', { alone: true })).toMatchInlineSnapshot(`
      "create table old (id int primary key)  | kept ← constraint kept_id_fkey ← old
      create table kept (id int references old, v int)  | kept
      drop table old cascade  | kept"
    `);
    expect(story.getSlice('typed', { alone: true })).toMatchInlineSnapshot(`
      "create type mood as enum ('x')  | typed ← column m ← type mood
      create table typed (m mood, n int)  | typed
      drop type mood cascade  | typed"
    `);
    expect(story.getSlice('old')).toMatchInlineSnapshot(`
      "create table old (id int primary key)  | (order) ← old
      create table kept (id int references old, v int)  | (order) ← old ← old
      drop table old cascade  | old ← old
      create table old (id text)  | old"
    `);
    await story.expectFaithful();
  });

  it('may be a whole schema', async () => {
    const story = await stage.create({
      '1.sql':
        'create schema app; create table app.a (id int); create table t (id int); drop schema app cascade;',
      '2.sql': 'create schema app; create table app.a (id text);',
    });
    expect(story.getSlice('app.a')).toMatchInlineSnapshot(`
      "create schema app  | app.a ← schema app
      create table app.a (id text)  | app.a"
    `);
    expect(story.getKept('t')).toEqual(['create table t (id int)']);
    await story.expectFaithful();
  });
});

describe('inheritance and LIKE', () => {
  it('bring the tables that the columns come from', async () => {
    const story = await stage.create({
      '1.sql': `create table base (id int primary key, at date);
        create table child (extra int) inherits (base);
        create table copy (like base including all);
        create view shown as select * from base;
        create function use() returns bigint language sql as 'select count(*) from shown';
        create table viewer (n bigint default use());
        create table other (id int);
        alter table base add column later int;`,
      '2.sql': `create index on base (at); comment on column base.at is 'when';`,
    });
    expect(story.getSlice('child', { alone: true })).toMatchInlineSnapshot(`
      "create table base (id int primary key, at date)  | child ← base
      create table child (extra int) inherits (base)  | child
      alter table base add column later int  | child ← base
      create index on base (at)  | child ← base ← index base_at_idx
      comment on column base.at is 'when'  | child ← base"
    `);
    expect(story.getSlice('copy', { alone: true })).toMatchInlineSnapshot(`
      "create table base (id int primary key, at date)  | copy ← base
      create table copy (like base including all)  | copy
      alter table base add column later int  | copy ← base
      create index on base (at)  | copy ← base ← index base_at_idx
      comment on column base.at is 'when'  | copy ← base"
    `);
    await story.expectFaithful();
  });
});
