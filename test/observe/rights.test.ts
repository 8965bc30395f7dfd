import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

describe('rights', () => {
  it('are part of the objects that they are about, roles of the history with them', async () => {
    const story = await stage.create(
      {
        '1.sql': `create role reader; create role writer;
          do $$ begin if not exists (select from pg_roles where rolname = 'made_in_do') then create role made_in_do; end if; end $$;
          create schema app;
          create table app.a (id int); create table app.b (id int); create table t (id int);
          grant usage on schema app to reader;
          grant select on app.a to reader;
          grant select (id) on app.b to writer;
          grant insert on t to made_in_do;
          create function f() returns int language sql as 'select 1';
          revoke all on function f() from public;
          grant execute on function f() to writer;
          create table uses_f (id int default f());
          grant reader to writer;`,
      },
      { roles: ['reader', 'writer', 'made_in_do'] },
    );
    expect(story.getSlice('app.a', { alone: true })).toMatchInlineSnapshot(`
      "create role reader  | app.a ← role reader
      create role writer  | app.a ← role reader ← role writer
      create schema app  | app.a ← schema app
      create table app.a (id int)  | app.a
      grant usage on schema app to reader  | app.a ← schema app
      grant select on app.a to reader  | app.a
      grant reader to writer  | app.a ← role reader"
    `);
    expect(story.getSlice('t', { alone: true, cut: 40 })).toMatchInlineSnapshot(`
      "do $$ begin if not exists (select from p…  | t ← role made_in_do
      create table t (id int)  | t
      grant insert on t to made_in_do  | t"
    `);
    expect(story.getSlice('uses_f', { alone: true })).toMatchInlineSnapshot(`
      "create role reader  | uses_f ← default of id ← function f() ← role writer ← role reader
      create role writer  | uses_f ← default of id ← function f() ← role writer
      create function f() returns int language sql as 'select 1'  | uses_f ← default of id ← function f()
      revoke all on function f() from public  | uses_f ← default of id ← function f()
      grant execute on function f() to writer  | uses_f ← default of id ← function f()
      create table uses_f (id int default f())  | uses_f
      grant reader to writer  | uses_f ← default of id ← function f() ← role writer"
    `);
    await story.expectFaithful();
  });

  it('on columns are part of the table', async () => {
    const story = await stage.create(
      {
        '1.sql': 'create table t (id int, note text);',
        '2.sql': 'grant update (note) on t to app;',
        '3.sql': 'revoke update (note) on t from app; grant select (id) on t to app;',
      },
      { missingRoles: ['app'] },
    );
    expect(story.getKept('t')).toHaveLength(4);
    await story.expectFaithful();
  });

  it('on all tables reach those that come late, too', async () => {
    const story = await stage.create(
      {
        '1.sql': 'create table a (id int); create table b (id int); create table c (id int);',
        '2.sql': 'grant select on all tables in schema public to app; create table later (id int);',
        '3.sql': 'revoke insert on a from app; grant insert on b to app;',
      },
      { missingRoles: ['app'] },
    );
    expect(story.getSlice('a')).toMatchInlineSnapshot(`
      "create table a (id int)  | a
      grant select on all tables in schema public to app  | a
      revoke insert on a from app  | a"
    `);
    expect(story.getSlice('later')).toMatchInlineSnapshot(`"create table later (id int)  | later"`);
    await story.expectFaithful();
  });

  it('of a role that a block looks up come where it is there', async () => {
    const story = await stage.create(
      {
        '1.sql': `create table a (id serial); create table b (id int);
          create table p (id int) partition by list (id); create table p_1 partition of p for values in (1);
          create function f() returns int language sql as 'select 1';`,
        '2.sql': `do $$ begin if exists (select from pg_roles where rolname = 'app') then
            grant select on all tables in schema public to app;
            grant usage on all sequences in schema public to app; end if; end $$;
          do $$ begin if to_regrole('app') is not null then grant execute on function f() to app; end if; end $$;
          create table later (id int default f()); drop table p_1;`,
      },
      { targetRoles: ['app'] },
    );
    expect(story.getSlice('a', { cut: 60 })).toMatchInlineSnapshot(`
      "create table a (id serial)  | a
      do $$ begin if exists (select from pg_roles where rolname = …  | a"
    `);
    expect(story.getKept('p').filter((sql) => /table [ab] /.test(sql))).toEqual([]);
    expect(story.getSlice('later', { cut: 60 })).toMatchInlineSnapshot(`
      "create function f() returns int language sql as 'select 1'  | later ← default of id ← function f()
      do $$ begin if to_regrole('app') is not null then grant exec…  | later ← default of id ← function f()
      create table later (id int default f())  | later"
    `);
    await story.expectFaithful();
  });

  it('of a role that a block looks up, but which do not work on the scratch server, are as if it were not there', async () => {
    const story = await stage.create({
      '1.sql': `create table t (id int);
        do $$ begin if exists (select from pg_roles where rolname = 'elsewhere') then
          grant connect on database nowhere to elsewhere; grant select on t to elsewhere; end if; end $$;`,
    });
    expect(story.getKept('t')).toEqual(['create table t (id int)']);
    await story.expectFaithful();
  });

  it('by default are part of every slice, with the schema that they name', async () => {
    const story = await stage.create(
      {
        '1.sql': `create schema app; create schema unused; create table app.early (id serial);
          alter default privileges in schema app grant select on tables to app;
          create table app.a (id int); create table t (id int);`,
      },
      { missingRoles: ['app'] },
    );
    expect(story.getSlice('t')).toMatchInlineSnapshot(`
      "create schema app  | schema app
      alter default privileges in schema app grant select on table…  | (always)
      create table t (id int)  | t"
    `);
    await story.expectFaithful();
  });
});

describe('policies, comments, statistics and owners', () => {
  it('are part of their table', async () => {
    const story = await stage.create(
      {
        '1.sql': `create table tenants (id int primary key);
          create function current_tenant() returns int language sql stable as $$ select 1 $$;
          create table rows_of (id int, tenant int);
          create table admins (name text);
          alter table rows_of enable row level security;
          alter table rows_of force row level security;
          create policy own on rows_of to app using (tenant = current_tenant() or exists (select from admins));
          comment on table rows_of is 'one tenant''s'; comment on column rows_of.tenant is 'whose';
          comment on policy own on rows_of is 'a policy';
          create statistics st on id, tenant from rows_of;
          alter table rows_of owner to app;
          alter table rows_of replica identity full;`,
      },
      { missingRoles: ['app'] },
    );
    expect(story.getSlice('rows_of', { alone: true })).toMatchInlineSnapshot(`
      "create function current_tenant() returns int language sql st…  | rows_of ← policy own ← function current_tenant()
      create table rows_of (id int, tenant int)  | rows_of
      create table admins (name text)  | rows_of ← policy own ← admins
      alter table rows_of enable row level security  | rows_of
      alter table rows_of force row level security  | rows_of
      create policy own on rows_of to app using (tenant = current_…  | rows_of ← policy own
      comment on table rows_of is 'one tenant''s'  | rows_of
      comment on column rows_of.tenant is 'whose'  | rows_of
      comment on policy own on rows_of is 'a policy'  | rows_of ← policy own
      create statistics st on id, tenant from rows_of  | rows_of ← statistics object st
      alter table rows_of owner to app  | rows_of
      alter table rows_of replica identity full  | rows_of"
    `);
    expect(story.getKept('tenants')).toEqual(['create table tenants (id int primary key)']);
    await story.expectFaithful();
  });
});

describe('roles that nobody makes', () => {
  it('are made for the scratch database only, named in the effects, and gone afterwards', async () => {
    const story = await stage.create(
      {
        '1.sql': 'create table t (id int); alter table t owner to somebody; grant select on t to "Some One";',
      },
      { missingRoles: ['somebody', 'Some One'] },
    );
    expect(story.observation.statements.map(({ effect }) => effect.roles)).toEqual([
      undefined,
      ['somebody'],
      ['Some One'],
    ]);
    expect(story.observation.statements.filter(({ effect }) => effect.failed !== undefined)).toEqual([]);
    const left = await stage.withSession('postgres', (session) =>
      session.query("select rolname from pg_roles where rolname in ('somebody', 'Some One')"),
    );
    expect(left).toEqual([]);
    await story.expectFaithful();
  });
});
