import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFiles } from '../../scripts/generated/check.js';
import { type Databases, openDatabases } from '../../scripts/generated/database.js';
import { type AnyVersion, startAnyVersion } from '../support/any-version.js';

let server: AnyVersion;
let databases: Databases;
beforeAll(async () => {
  server = await startAnyVersion();
  databases = await openDatabases(server.url);
});
afterAll(async () => {
  await databases?.close();
  await server?.stop();
});

const LOOP =
  "for r in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname loop";

// Each of them once came out otherwise, table by table or in some order of requests.
describe('tables that come late find what their statements expect', () => {
  it.each<[string, readonly string[]]>([
    [
      'rows that another table is made of came later',
      [
        'create table events (id int)',
        'create table archive as select * from events',
        'create table log (id int)',
        'insert into log select id from events',
        'insert into events values (1)',
      ],
    ],
    [
      'a name with a blank was taken away',
      [
        'create table "Odd Name" (id int)',
        'create view v as select id from "Odd Name"',
        'alter table "Odd Name" rename to plain',
      ],
    ],
    [
      'code made an index on what another table was made like',
      [
        'create table a (id int)',
        'create table b (like a including all)',
        "do $$ begin execute 'create index on a (id)'; end $$",
        'create table c (like a including indexes)',
        "do $$ begin execute 'alter table a add column note text'; end $$",
      ],
    ],
    [
      'what another table was made like inherited a column meanwhile',
      [
        'create table a (id int)',
        'create table b () inherits (a)',
        'create table c (like b)',
        'alter table a add column note text',
      ],
    ],
    [
      'rows that another table is made of are those of a table that inherits',
      [
        'create table a (id int)',
        'create table b () inherits (a)',
        'create table early (id int)',
        'insert into early select id from a',
        'insert into b values (1)',
        'create view v as select id from a',
        'create table c as select * from v',
        'create table d (id int)',
        'insert into d select id from a',
        'insert into b values (2)',
      ],
    ],
    [
      'rows of a materialized view are those below a view',
      [
        'create table a (id int)',
        'create view v as select id from a',
        'create view w as select id from v',
        'create materialized view m as select count(*) as n from w',
        'insert into a values (1)',
      ],
    ],
    [
      'a composite type got an attribute',
      [
        'create type address as (street text)',
        'create table homes (a address)',
        'create table others (a address)',
        "insert into others values (row('x')::address)",
        'alter type address add attribute town text cascade',
        "insert into homes values (row('x', 'y')::address)",
      ],
    ],
    [
      'a table has the name that a type had',
      [
        "create type kind as enum ('a')",
        'create table x (k kind)',
        'alter table x alter column k type text',
        'drop type kind',
        'create table users (id int)',
        'alter table users rename to kind',
      ],
    ],
    [
      'code renamed a table, a column and a function',
      [
        'create table a (id int primary key, note text)',
        'create table b (id int references a)',
        'create view v as select note from a',
        "do $$ begin execute 'alter table a rename to first'; end $$",
        'create table c (id int references first)',
        'do $$ begin alter table first rename column note to remark; end $$',
        'create view w as select remark from first',
        'create function f() returns int language sql as $$ select 1 $$',
        'create table d (id int default f())',
        'do $$ begin alter function f() rename to g; end $$',
        'create table e (id int default g())',
      ],
    ],
    [
      'a function has the name that another one had',
      [
        'create function f() returns int language sql as $$ select 1 $$',
        'create function g() returns int language sql as $$ select 2 $$',
        'create table a (id int default f())',
        'alter function f() rename to h',
        'create table b (id int default h())',
        'alter function g() rename to f',
        'create table c (id int default f())',
      ],
    ],
    [
      'a table that is dropped had the name, and comes along for what a loop did',
      [
        'create table kind (id int)',
        'alter table kind rename to events',
        'create table orders (id int)',
        `do $$ declare r record; begin ${LOOP} execute format('grant select on %s to plinth_reader', r.oid::regclass); end loop; end $$`,
        'create table tags (id int)',
        'drop table events',
        'alter table tags rename to kind',
      ],
    ],
    [
      'a loop met the tables of its time only',
      [
        'create table a (id int)',
        `do $$ declare r record; begin ${LOOP} execute format('alter table %s add column looped int', r.oid::regclass); end loop; end $$`,
        'create table b (id int)',
      ],
    ],
    [
      'names with numbers were chosen because two others had the name, one in another schema by now',
      [
        'create schema sales',
        'create table sales.t (id serial primary key)',
        'alter table sales.t rename to first',
        'create table sales.t (id serial primary key)',
        'alter table sales.t rename to second',
        'alter schema sales rename to archive',
        'create table archive.t (id serial primary key)',
      ],
    ],
    [
      'a name with a number was chosen beside a table that is dropped, or moved, by then',
      [
        'create schema sales',
        "create type email as enum ('x')",
        'create table t (id serial primary key, at email)',
        'alter table t rename to users',
        'create table t (id serial primary key, at email)',
        'drop table users',
        'alter table t rename to users',
        'create table t (id serial primary key)',
        'alter table users set schema sales',
      ],
    ],
    [
      'an index of a partition has a number, because a partition of another table had the name',
      [
        'create table a (day date primary key) partition by range (day)',
        "create table part partition of a for values from ('2030-01-01') to ('2030-02-01')",
        'alter table part rename to part_old',
        'create table b (day date primary key) partition by range (day)',
        "create table part partition of b for values from ('2030-01-01') to ('2030-02-01')",
        'drop table part_old',
      ],
    ],
    [
      'a search path named a schema by the name that it had',
      [
        'create schema sales',
        'create table orders (id int)',
        'set search_path = sales, public',
        'create table items (id int)',
        'create function f() returns int language sql as $$ select 1 $$',
        'reset search_path',
        'alter schema sales rename to archive',
        'create table archive.tags (id int)',
      ],
    ],
    [
      'a check calls an SQL function, whose table is gone by then',
      [
        'create table users (id int)',
        'create function f() returns int language sql as $$ select count(*)::int from users $$',
        'create table a (id int)',
        'create table b (id int)',
        'alter table a add constraint counted check (f() is not null)',
        'alter table users rename to people',
      ],
    ],
    [
      'rows went with a partition',
      [
        'create table orders (day date not null) partition by range (day)',
        "create table early partition of orders for values from ('2030-01-01') to ('2030-02-01')",
        "insert into orders values ('2030-01-05')",
        'create table notes (day date)',
        'insert into notes select day from orders',
        'alter table orders detach partition early',
        'drop table early',
      ],
    ],
    [
      'a type moved to another schema',
      [
        'create schema sales',
        'create type level as (street text)',
        "create table a (at level default row('x')::level)",
        'create table b (at level)',
        'alter type level set schema sales',
        'create table c (at sales.level)',
      ],
    ],
    [
      'a body declares a type whose name has a blank',
      [
        'create domain "Odd Type" as text',
        'create function f() returns int language plpgsql as $$ declare v "Odd Type"; begin return 1; end $$',
        'create table t (id int default f())',
        'create table u (id int, v "Odd Type")',
        'alter table u drop column v',
        'drop domain "Odd Type"',
      ],
    ],
    [
      'the schema public has rights and a comment',
      [
        "comment on schema public is 'ours'",
        'grant usage on schema public to plinth_reader',
        'create table a (id int)',
        "create type t as enum ('x')",
        'create table b (t t)',
      ],
    ],
    [
      'default privileges came after the table',
      [
        'create table before (id serial)',
        'alter default privileges grant select on tables to plinth_reader',
        'alter default privileges grant usage on sequences to plinth_reader',
        'create table between (id serial)',
        'alter default privileges revoke select on tables from plinth_reader',
        'alter default privileges revoke execute on functions from public',
        'create table after (id serial)',
      ],
    ],
    [
      'default privileges are for one schema or another',
      [
        'create schema one',
        'create schema other',
        'create table one.a (id int)',
        'alter default privileges in schema one, other grant insert on tables to plinth_writer',
        'create table other.b (id int)',
        'alter default privileges for role postgres in schema other revoke insert on tables from plinth_writer',
        'create table other.c (id int)',
        'create table one.d (id int)',
      ],
    ],
    [
      'GRANT ON ALL TABLES ran before the table, and REVOKE after it',
      [
        'create table a (id serial)',
        'create table b (id serial)',
        'grant select on all tables in schema public to plinth_reader',
        'grant usage on all sequences in schema public to plinth_reader',
        'create table c (id serial)',
        'revoke select on a from plinth_reader',
        'revoke insert on all tables in schema public from plinth_writer',
      ],
    ],
    [
      'REVOKE ON ALL TABLES ran before rights on a column',
      [
        'create table a (id int)',
        'revoke select on all tables in schema public from plinth_reader',
        'create table c (id int, "Odd Col" int)',
        'grant select ("Odd Col") on c to plinth_reader with grant option',
        'revoke all on c from postgres',
      ],
    ],
    [
      'GRANT ON ALL TABLES reached a table and its heir',
      [
        'create table a (id int)',
        'create table b () inherits (a)',
        'grant select on all tables in schema public to plinth_reader',
        'create table c (id int)',
      ],
    ],
    [
      'GRANT ON ALL TABLES ran before a table that was a partition',
      [
        'create table a (id int)',
        'grant select on all tables in schema public to plinth_reader',
        'create table b (id int not null) partition by range (id)',
        'create table c partition of b for values from (1) to (2)',
        'alter table b detach partition c',
      ],
    ],
    [
      'GRANT ON ALL FUNCTIONS ran before the function',
      [
        "create function f() returns int language sql as 'select 1'",
        'revoke execute on all functions in schema public from public',
        'grant execute on all functions in schema public to plinth_reader',
        "create function g() returns int language sql as 'select 2'",
        'create table a (id int default f())',
        'create table b (id int default g())',
      ],
    ],
  ])('%s', async (_title, statements) => {
    const files = { '1.sql': statements.map((sql) => `${sql};\n`).join('') };
    const { wrong, slices, sequences } = await checkFiles(databases, files, { sequences: 2 });
    expect(wrong).toEqual([]);
    expect(slices + sequences).toBeGreaterThan(1);
  });
});
