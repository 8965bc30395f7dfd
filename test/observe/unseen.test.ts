import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

// What a loop over each catalogue sees, as rows of a table, and as tables of its own.
const LOOP = `create table seen (what text, name text);
do $$ declare r record; begin
  for r in select proname from pg_proc where oid >= 16384 loop insert into seen values ('function', r.proname); end loop;
  for r in select evtname from pg_event_trigger loop insert into seen values ('event trigger', r.evtname); end loop;
  for r in select nspname from pg_namespace where nspname !~ '^pg_(temp|toast_temp)' loop insert into seen values ('schema', r.nspname); end loop;
  for r in select relname from pg_class where oid >= 16384 and relkind = 'r' loop insert into seen values ('table', r.relname); end loop;
  for r in select count(*) as n from pg_depend where objid >= 16384 and classid = 'pg_proc'::regclass loop insert into seen values ('depends', r.n); end loop;
  for r in select proname from pg_proc where oid >= 16384 loop execute format('create table made_for_%s (id int)', r.proname); end loop;
  for r in select evtname from pg_event_trigger loop execute format('create table made_for_%s (id int)', r.evtname); end loop;
  for r in select 1 from pg_depend where objid >= 16384 and classid = 'pg_event_trigger'::regclass loop create table depends (id int); end loop;
end $$;`;
const OWN = 'create function own() returns int language sql as $$ select 1 $$;';
const LATER = `create function look() returns void language plpgsql as $$ declare r record; begin
  for r in select proname from pg_proc where oid >= 16384 and proname <> 'look' loop
    execute format('create table looked_%s (id int)', r.proname); end loop; end $$;
select look();
create table plain (id int);`;

describe('a loop of the history over the catalogue', () => {
  it('sees nothing of what watches, and what it makes is seen', async () => {
    const story = await stage.create({ '1.sql': OWN, '2.sql': LOOP, '3.sql': LATER });
    const tables = story.observation.tables.map(({ name }) => name);
    expect(tables).toEqual(['looked_own', 'made_for_own', 'plain', 'seen']);
    expect(story.getKept('made_for_own')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^do \$\$ declare r record/)]),
    );
    expect(story.getKept('looked_own')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^select look\(\)/)]),
    );
    expect(story.getSlice('plain')).toBe('create table plain (id int)  | plain');
  });

  it('may drop what it finds, and change rights, and that is seen, too', async () => {
    const story = await stage.create({
      '1.sql': `${OWN} create table old (id int); create table kept (id int); create index kept_id on kept (id);`,
      '2.sql': `do $$ declare r record; begin
        for r in select proname from pg_proc where oid >= 16384 loop execute format('drop function %I', r.proname); end loop;
        drop table old; alter table kept add column more text; grant select on kept to public; end $$;`,
    });
    expect(story.observation.tables.map(({ name }) => name)).toEqual(['kept']);
    const kept = story.getKept('kept').join('\n');
    expect(kept).toMatch(/^create table kept/m);
    expect(kept).toMatch(/^do \$\$/m);
    const [own] = story.observation.objects.filter(({ type }) => type === 'function');
    expect(own).toMatchObject({ gone: true });
  });

  it('names nothing of what watches where all rights of a role go', async () => {
    const { observation } = await stage.create(
      {
        '1.sql':
          'create role owned; create table t (id int); grant select on t to owned; drop owned by owned;',
      },
      { roles: ['owned'] },
    );
    expect(observation.objects.map(({ type, identity }) => `${type} ${identity}`)).toEqual([
      'role owned',
      'table public.t',
    ]);
  });

  it("is no business of the history's event triggers: they see its statements only", async () => {
    const story = await stage.create({
      '1.sql': `create table log (tag text);
        create function on_ddl() returns event_trigger language plpgsql as $$ begin insert into log values (tg_tag); end $$;
        create event trigger log_ddl on ddl_command_end execute function on_ddl();`,
      '2.sql': `${OWN} do $$ begin perform from pg_proc; execute 'create table made (id int)'; end $$;
        create table seen as select tag from log; drop event trigger log_ddl;`,
    });
    const [seen] = story.observation.statements.filter(({ kind }) => kind === 'CreateTableAsStmt');
    expect(seen!.effect.failed).toBeUndefined();
    expect(story.observation.tables.map(({ name }) => name)).toEqual(['log', 'made', 'seen']);
  });
});
