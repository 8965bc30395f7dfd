import { describe, expect, it } from 'vitest';
import {
  getDataTarget,
  getRoles,
  isOutsideTransaction,
  isServerFileAccess,
  isSessionSetting,
  isTransactionBound,
  isTransactionSetting,
} from '../../src/sql/traits.js';
import { parseOne } from '../support/histories.js';

const asked =
  <T>(question: (statement: Awaited<ReturnType<typeof parseOne>>) => T) =>
  async (sql: string): Promise<T> =>
    question(await parseOne(sql));

describe('outside of a transaction', () => {
  it.each([
    'create index concurrently i on t (a)',
    'create unique index concurrently if not exists i on t (a)',
    'drop index concurrently i',
    'reindex index concurrently i',
    'reindex (concurrently) table t',
    'alter table t detach partition p concurrently',
    'vacuum',
    'vacuum (analyze) t',
    "alter system set work_mem = '1MB'",
    'create database d',
    'drop database d',
    "create tablespace s location '/x'",
    "create subscription s connection 'x' publication p",
  ])('%s', async (sql) => expect(await asked(isOutsideTransaction)(sql)).toBe(true));
  it.each([
    'create index i on t (a)',
    'create table "concurrently" (a int)',
    'analyze t',
    'drop index i',
    'reindex index i',
    'alter table t detach partition p',
    'refresh materialized view concurrently v',
    'call p()',
  ])('not %s', async (sql) => expect(await asked(isOutsideTransaction)(sql)).toBe(false));
});

describe('the settings of a session', () => {
  it.each([
    "set search_path = ''",
    'set local work_mem = 1',
    'reset all',
    'set role r',
    'discard all',
    "select set_config('search_path', '', false)",
    "SELECT pg_catalog.SET_CONFIG('search_path', '', false)",
  ])('are %s', async (sql) => expect(await asked(isSessionSetting)(sql)).toBe(true));
  it.each([
    "select 'set_config'",
    'alter database d set search_path = x',
    'alter role r set search_path = x',
    "insert into t select set_config('a.b', '', false)",
  ])('are not %s', async (sql) => expect(await asked(isSessionSetting)(sql)).toBe(false));

  it('of its transaction mean nothing elsewhere', async () => {
    expect(await asked(isTransactionSetting)('set transaction isolation level serializable')).toBe(true);
    expect(await asked(isTransactionSetting)('set session characteristics as transaction read only')).toBe(
      true,
    );
    expect(await asked(isTransactionSetting)('set local work_mem = 1')).toBe(false);
  });
});

describe('bound to one transaction', () => {
  it.each([
    'set local search_path = x',
    'set constraints all deferred',
    'create temp table t (a int) on commit drop',
    'create temporary table t on commit drop as select 1',
    "select set_config('a.b', 'c', true)",
    "select pg_catalog.set_config('a.b',\n 'c', TRUE)",
  ])('is %s', async (sql) => expect(await asked(isTransactionBound)(sql)).toBe(true));
  it.each([
    'set search_path = x',
    'create temp table t (a int) on commit preserve rows',
    "select set_config('a.b', 'c', false)",
    "select set_config('a.b', 'true', false)",
    'select true',
    'lock table t',
  ])('is not %s', async (sql) => expect(await asked(isTransactionBound)(sql)).toBe(false));
});

describe('the roles that must exist', () => {
  it.each([
    ['grant select on t to a, "B c", public', ['a', 'B c']],
    ['grant a to b with admin option', ['b', 'a']],
    ['revoke all on t from a', ['a']],
    ['grant select on t to a granted by b', ['a', 'b']],
    ['alter table t owner to a', ['a']],
    ['alter table t owner to current_user', []],
    ['create schema s authorization a', ['a']],
    ['create policy p on t to a using (true)', ['a']],
    ['alter default privileges for role a in schema s grant select on tables to b', ['a', 'b']],
    ['reassign owned by a to b', ['a', 'b']],
    ['set role a', ['a']],
    ["set session authorization 'a'", ['a']],
    ['alter role a set work_mem = 1', ['a']],
    ['create role a in role b', ['a', 'b']],
    ['drop role a, b', ['a', 'b']],
    ['drop role if exists a', []],
    ['reset role', []],
    ['select 1', []],
  ])('of %s', async (sql, roles) => {
    expect([...(await asked(getRoles)(sql))].sort()).toEqual([...roles].sort());
  });
});

describe("the server's programs and files", () => {
  it.each([
    "copy t from program 'curl x'",
    "copy t to '/tmp/x'",
    "copy (select 1) to program 'sh'",
    "select pg_read_file('/etc/passwd')",
    "insert into t select pg_catalog.pg_ls_dir('/')",
    "select lo_import('/x')",
    "do $$ begin copy t from program 'x'; end $$",
    "do $$ begin execute 'copy t from ''/etc/passwd'''; end $$",
    "create function f() returns void language plpgsql as $$ begin\n perform pg_read_binary_file('x'); end $$",
    "create function f() returns setof text language sql as 'select pg_ls_dir(''.'')'",
    "create procedure p() language plpgsql as $$ begin COPY t\n TO PROGRAM 'x'; end $$",
    "create table t as select pg_stat_file('x')",
    "explain analyze select pg_read_file('x')",
    "create view v as select pg_read_file('x')",
    "create table t (a text default pg_read_file('x'))",
    "create foreign table t (a text) server s options (program 'x')",
  ])('are reached by %s', async (sql) => expect(await asked(isServerFileAccess)(sql)).toBe(true));
  it.each([
    'copy t from stdin',
    'copy (select 1) to stdout',
    "insert into t values ('copy t from program')",
    "comment on table t is 'pg_read_file(x)'",
    'create function f() returns void language plpgsql as $$ begin insert into copy_of select * from program; end $$',
    'create table pg_read_file (a int)',
    "create foreign table t (a text) server s options (schema_name 'x')",
  ])('are not reached by %s', async (sql) => expect(await asked(isServerFileAccess)(sql)).toBe(false));
});

describe('the rows that a statement changes', () => {
  it.each([
    ['insert into s.t values (1)', { schema: 's', name: 't' }],
    ['update t set a = 1 from u', { schema: '', name: 't' }],
    ['delete from only t using u', { schema: '', name: 't' }],
    ['merge into t using u on true when matched then delete', { schema: '', name: 't' }],
    ['copy t from stdin', { schema: '', name: 't' }],
    ['select 1', null],
    ['truncate t', null],
    ['copy (select 1) to stdout', null],
  ])('of %s', async (sql, target) => expect(await asked(getDataTarget)(sql)).toEqual(target));
});
