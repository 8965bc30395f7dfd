import { describe, expect, it } from 'vitest';
import { getBodyNames, getLikelyNames } from '../../src/sql/bodies.js';
import { getMentions } from '../../src/sql/mentions.js';
import type { MentionedNames, QualifiedName } from '../../src/sql/names.js';
import { parseOne } from '../support/histories.js';

const render = (names: readonly QualifiedName[]): string =>
  names
    .map(({ schema, name }) => (schema === '' ? name : `${schema}.${name}`))
    .sort()
    .join(' ');

const renderAll = ({ relations, types, functions, schemas }: MentionedNames) => ({
  relations: render(relations),
  types: render(types),
  functions: render(functions),
  schemas: [...schemas].sort().join(' '),
});

const getAll = async (sql: string) => renderAll(getMentions(await parseOne(sql)));

describe('the relations that a statement mentions', () => {
  it.each([
    ['create table a (b int references c (d), like e including all)', 'a c e'],
    ['create table a () inherits (b, s.c)', 'a b s.c'],
    ['create table p partition of t for values in (1)', 'p t'],
    ['alter table t attach partition p default', 'p t'],
    ['alter table a rename to b', 'a'],
    ['alter table a rename column b to c', 'a'],
    ['alter index i rename to j', 'i'],
    ['alter view v rename to w', 'v'],
    ['alter table a set schema s', 'a'],
    ['alter table "A b" add foreign key (x) references s."C"', 'A b s.C'],
    ['alter sequence s owned by t.c', 's t'],
    ['alter sequence s owned by n.t.c', 'n.t s'],
    ['alter sequence s owned by none', 's'],
    ['create index on only t (f(a))', 't'],
    ['create view v as select * from a join b.c on true', 'a b.c v'],
    ['create materialized view v as table a', 'a v'],
    ['create rule r as on insert to v do instead insert into t values (new.a)', 't v'],
    ['create policy p on t using (a in (select a from u))', 't u'],
    ['create trigger g after insert on t execute function f()', 't'],
    ['create statistics x on a, b from t', 't'],
    ['comment on table s.t is null', 's.t'],
    ['comment on column s.t.c is null', 's.t'],
    ['comment on column t.c is null', 't'],
    ['comment on constraint c on t is null', 't'],
    ['comment on trigger g on s.t is null', 's.t'],
    ['comment on index i is null', 'i'],
    ['drop table a, s.b', 'a s.b'],
    ['drop trigger g on t', 't'],
    ['drop policy p on s.t', 's.t'],
    ['drop view v', 'v'],
    ['drop index i', 'i'],
    ['truncate a, b', 'a b'],
    ['lock table t', 't'],
    ['grant select on s.t to r', 's.t'],
    ['grant usage on sequence q to r', 'q'],
    ['copy t from stdin', 't'],
    ['refresh materialized view v', 'v'],
    ['insert into a select * from b where exists (select from c)', 'a b c'],
    ['update a set x = b.x from b', 'a b'],
    ['delete from a using b', 'a b'],
    ['merge into a using b on true when matched then delete', 'a b'],
    ["insert into a values (nextval('q'), setval('s.\"Q\"', 1))", 'a q s.Q'],
    ["select nextval('Q'), nextval('é.\"Q R\"'::regclass)", 'q é.Q R'],
    ["select 'a.b'::regclass, pg_get_serial_sequence('t', 'c')", 'a.b c t'],
    ["create table t (a int default nextval('q'::regclass))", 'q t'],
    ['select * from pg_catalog.pg_class', ''],
  ])('%s', async (sql, relations) => expect((await getAll(sql)).relations).toBe(relations));

  it('are not the names of its own WITH', async () => {
    const sql =
      'with a as (select * from b), c as (insert into d select * from a returning 1) select * from c';
    expect((await getAll(sql)).relations).toBe('b d');
    expect((await getAll('with a as (select 1) select * from s.a')).relations).toBe('s.a');
  });

  it.each(['drop table if exists t', 'drop trigger if exists g on t', 'do $$ begin drop table t; end $$'])(
    'are none where it may do without: %s',
    async (sql) => {
      expect(await getAll(sql)).toEqual({ relations: '', types: '', functions: '', schemas: '' });
    },
  );
});

describe('types, functions and schemas that a statement mentions', () => {
  it.each([
    ['create table a (b s.mood, c mood[] default f(1)::mood)', { types: 'mood s.mood', functions: 'f' }],
    ['alter type mood rename to m', { types: 'mood' }],
    ["alter type s.mood add value 'x'", { types: 's.mood' }],
    ["alter type mood rename value 'a' to 'b'", { types: 'mood' }],
    ['alter type mood owner to r', { types: 'mood' }],
    ['alter domain d add check (f(value))', { types: 'd', functions: 'f' }],
    ['alter domain d rename to e', { types: 'd' }],
    ['drop type mood', { types: 'mood' }],
    ['drop domain s.d', { types: 's.d' }],
    ['comment on type mood is null', { types: 'mood' }],
    ['create domain d as mood', { types: 'mood' }],
    ['create type c as (a mood)', { types: 'mood' }],
    ['create type r as range (subtype = mood)', { types: 'mood' }],
    ['drop function f(int), s.g()', { functions: 'f s.g' }],
    ['alter function f(int) rename to g', { functions: 'f' }],
    ['alter function f(int) owner to r', { functions: 'f' }],
    ['comment on function s.f(int) is null', { functions: 's.f' }],
    ['grant execute on function f(int) to r', { functions: 'f' }],
    ['create trigger g before update on t execute function s.f()', { functions: 's.f' }],
    ['create aggregate a (int) (sfunc = s.f, stype = int)', { functions: 's.f' }],
    ['call p(1)', { functions: 'p' }],
    ['create event trigger e on ddl_command_end execute function f()', { functions: 'f' }],
    ['grant usage on schema s to r', { schemas: 's' }],
    ['grant select on all tables in schema a, b to r', { schemas: 'a b' }],
    ['create table s.t ()', { schemas: 's' }],
    ['alter table t set schema s', { schemas: 's' }],
    ['alter schema s rename to x', { schemas: 's' }],
    ['comment on schema s is null', { schemas: 's' }],
    ['alter default privileges in schema s grant select on tables to r', { schemas: 's' }],
  ])('%s', async (sql, wanted) => {
    const all = await getAll(sql);
    const own = (text: string) =>
      text
        .split(' ')
        .filter((n) => !/^(int4|text|void|trigger)$/.test(n))
        .join(' ');
    for (const [key, value] of Object.entries(wanted)) {
      expect({ [key]: own(all[key as keyof typeof all]) }).toEqual({ [key]: value });
    }
  });
});

describe('what a function mentions when it is made', () => {
  it('is its signature and, in SQL, its whole body', async () => {
    const sql = 'create function f(a mood) returns setof t language sql as $$ select g(x) from u $$';
    expect(await getAll(sql)).toMatchObject({ relations: 'u', types: 'mood t', functions: 'g' });
    const atomic = 'create function f() returns int language sql begin atomic select g(x) from u; end';
    expect(await getAll(atomic)).toMatchObject({ relations: 'u', functions: 'g' });
  });

  it('is of PL/pgSQL only what it declares', async () => {
    const sql = `create function f(a int) returns void language plpgsql as $$
      declare r orders%rowtype; m s.mood; c items.price%type; q s.u.x%type; w "é T"%rowtype;
      begin insert into later select g(x) from later2; end $$`;
    const { relations, types, functions } = await getAll(sql);
    expect(relations.split(' ')).toEqual(expect.arrayContaining(['items', 'orders', 's.u', 'é']));
    expect(relations).not.toContain('later');
    expect(types.split(' ')).toContain('s.mood');
    expect(functions).toBe('');
  });

  it('is also what it refers to by %type where a parameter does so', async () => {
    const sql = `create function f(a s.t.c%type) returns void language plpgsql as $$
      declare r orders%rowtype; begin insert into later values (1); end $$`;
    expect((await getAll(sql)).relations.split(' ')).toEqual(expect.arrayContaining(['orders', 's.t']));
    expect((await getAll(sql)).relations).not.toContain('later');
  });
});

describe('what a body names in the end', () => {
  const ask = (body: string, language = 'plpgsql') =>
    getBodyNames(
      `create function f() returns setof int language ${language} as $x$${body}$x$`,
      language,
      body,
    );

  it('is every query of PL/pgSQL, expressions and assignments included', async () => {
    await parseOne('select 1');
    const names = ask(`declare n int := a1(); begin
      insert into t1 select f1(x) from t2; n := f2((select 1 from t3)); if exists (select from t4) then
      perform f3(1); end if; for n in select x from t5 loop return next 1; end loop;
      return query select * from t6; call p1(n); execute 'select 1 from dynamic'; end`);
    expect(render(names!.relations)).toBe('t1 t2 t3 t4 t5 t6');
    expect(render(names!.functions)).toBe('a1 f1 f2 f3 p1');
  });

  it('is every statement of SQL', async () => {
    await parseOne('select 1');
    const names = ask('insert into t1 values (f1()); select * from t2', 'sql');
    expect(render(names!.relations)).toBe('t1 t2');
    expect(render(names!.functions)).toBe('f1');
  });

  it('is guessed where it does not parse', async () => {
    await parseOne('select 1');
    expect(ask('begin this is no PL/pgSQL')).toBeNull();
    const likely = getLikelyNames('insert into s.t1 select f1(1) from "T2" join only t3');
    expect(render(likely.relations)).toBe('T2 s.t1 t3');
    expect(render(likely.functions)).toContain('f1');
  });
});
