import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stage, type Story, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const TABLES = `create table p (id int primary key);
  create table c (id int primary key, p int references p deferrable initially deferred);
  insert into p values (1);`;
const FOREIGN_KEY_VIOLATION = '23503';

const getFailed = ({ observation, sql }: Story): (readonly [string, string])[] =>
  observation.statements.flatMap(({ effect }, at) =>
    effect.failed === undefined ? [] : [[sql[at]!, effect.failed.sqlstate] as const],
  );

it('fails the statement whose commit fails, and nothing else, whatever comes next', async () => {
  const story = await stage.create(
    {
      '1.sql': `${TABLES}
        insert into c values (1, 7);
        insert into c values (2, 1);
        insert into c values (3, 7);
        create index concurrently c_p on c (p);
        insert into c values (4, 7);
        create table broken (x nosuchtype);
        insert into c values (5, 7);
        do $$ begin if exists (select from pg_roles where rolname = 'nobody_yet') then null; end if; end $$;
        insert into c values (6, 7);`,
      '2.sql': `insert into c values (7, 7);`,
      '3.sql': `set local lock_timeout = '3s'; insert into c values (8, 1);`,
      '4.sql': `create table last (id int); insert into c values (9, 7);`,
    },
    { missingRoles: ['nobody_yet'] },
  );
  expect(getFailed(story)).toEqual([
    ['insert into c values (1, 7)', FOREIGN_KEY_VIOLATION],
    ['insert into c values (3, 7)', FOREIGN_KEY_VIOLATION],
    ['insert into c values (4, 7)', FOREIGN_KEY_VIOLATION],
    ['create table broken (x nosuchtype)', '42704'],
    ['insert into c values (5, 7)', FOREIGN_KEY_VIOLATION],
    ['insert into c values (6, 7)', FOREIGN_KEY_VIOLATION],
    ['insert into c values (7, 7)', FOREIGN_KEY_VIOLATION],
    ['insert into c values (9, 7)', FOREIGN_KEY_VIOLATION],
  ]);
  expect(story.observation.tables.map(({ name }) => name)).toEqual(['c', 'last', 'p']);
});

it('counts the rows of a statement without those of the ones before it, also where one of them failed', async () => {
  const { observation, sql } = await stage.create({
    '1.sql': `${TABLES}
      insert into p values (2), (3);
      insert into c values (1, 7);
      update p set id = 4 where id = 3;
      select count(*) from p;
      insert into c values (1, 2);
      select count(*) from c;`,
  });
  const written = sql.filter((_, at) => observation.statements[at]!.effect.writes.length > 0);
  expect(written).not.toContain('select count(*) from p');
  expect(written).not.toContain('select count(*) from c');
  expect(written).toContain('update p set id = 4 where id = 3');
  expect(written).toContain('insert into c values (1, 2)');
});
