import { describe, expect, it } from 'vitest';
import { getReadingWords, getStatementWords, getWords } from '../../src/sql/identifiers.js';
import { getLostIdentifiers } from '../../src/sql/lost.js';
import { parseOne } from '../support/histories.js';

async function getLost(sql: string): Promise<string[]> {
  const { kind, node } = await parseOne(sql);
  return getLostIdentifiers(kind, node).map(
    ({ of, ofKind, identifier, label }) =>
      `${ofKind} ${of.schema === '' ? '' : `${of.schema}.`}${of.name}: ${label ? `'${identifier}'` : identifier}`,
  );
}

describe('identifiers that a statement takes away', () => {
  it.each([
    ['alter table a rename to b', ['relation a: a']],
    ['alter table s.a rename to b', ['relation s.a: a']],
    ['alter table a rename column b to c', ['relation a: b']],
    ['alter table a rename constraint b to c', ['relation a: b']],
    ['alter trigger g on t rename to h', ['relation t: g']],
    ['alter policy p on t rename to q', ['relation t: p']],
    ['alter index i rename to j', ['relation i: i']],
    ['alter sequence q rename to r', ['relation q: q']],
    ['alter view v rename to w', ['relation v: v']],
    ['alter view v rename column a to b', ['relation v: a']],
    ['alter type m rename to n', ['type m: m']],
    ['alter type c rename attribute a to b', ['type c: a']],
    ["alter type s.m rename value 'a' to 'b'", ["type s.m: 'a'"]],
    ['alter domain d rename to e', ['type d: d']],
    ['alter schema s rename to t', ['schema s: s']],
    ['alter domain d rename constraint a to b', ['type d: a']],
    ['alter function s.f(int) rename to g', ['function s.f: f']],
    ['alter procedure p() rename to q', ['function p: p']],
    ['alter table a set schema s', ['relation a: a']],
    ['alter table a drop column b, add c int, drop constraint d', ['relation a: b', 'relation a: d']],
    ['alter table a alter b type text', ['relation a: b']],
    ['alter table a alter b set default 1, alter c drop not null', []],
    ["alter type m add value 'x'", []],
    ['create table a (b int)', []],
    ['drop table a', []],
  ])('%s', async (sql, lost) => expect(await getLost(sql)).toEqual(lost));
});

describe('the words of a text', () => {
  it('are names and keywords, as written and in lower case', () => {
    expect([...getWords('"Orders".é漢 = $1, x1$y 12 z')].sort()).toEqual(
      ['Orders', 'orders', 'é漢', 'x1$y', 'z'].sort(),
    );
  });

  it('of a statement are also in its literals and bodies, but not in comments', async () => {
    const sql = `do $$ begin -- secret1
      execute 'create table t1'; /* secret2 */ end $$ -- secret3`;
    const words = getStatementWords(await parseOne(sql));
    expect([...words]).toEqual(expect.arrayContaining(['execute', 't1']));
    expect([...words].filter((word) => word.startsWith('secret'))).toEqual([]);
  });
});

describe('the words by which a statement reads', () => {
  const ask = async (sql: string, among: string): Promise<string> => {
    const words = getReadingWords(await parseOne(sql));
    return among
      .split(' ')
      .filter((word) => words.has(word))
      .join(' ');
  };

  it.each([
    ['create table a (b m default f(1), c int references d (e))', 'a b c d e f m', 'a d e f m'],
    ['create table a (b int references d)', 'b d id', 'd id'],
    ['create table a (b int, like d)', 'a b d', 'a b d'],
    ['alter table a add b m, add foreign key (b) references s.d (e)', 'a b d e m s', 'a d e m s'],
    ['create index i on a (b) where f(c)', 'i a b c f', 'a f'],
    ["insert into a (b, c) values ('d', f(1))", 'a b c d f', 'a f'],
    ["insert into a (b) select c from d where e = 'g'", 'a b c d e g', 'a c d e'],
    ['insert into a (b) select b from d', 'a b d', 'a b d'],
    ['insert into a (b) values (1) on conflict (c) do update set d = excluded.e', 'a b c d e', 'a c d e'],
    ["update a set b = 'c' where d = 1", 'a b c d', 'a b d'],
    ["delete from a where b = 'c'", 'a b c', 'a b'],
    ["insert into a values (nextval('q'))", 'a q', 'a q'],
    ["insert into a values (nextval('q'::regclass), 'two words')", 'q two', 'q'],
    ["comment on column a.b is 'c'", 'a b c', 'a b c'],
    ['create view v as select b from a', 'v a b', 'v a b'],
  ])('%s', async (sql, among, words) => expect(await ask(sql, among)).toBe(words));
});
