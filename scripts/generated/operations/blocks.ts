import { choose, createName, type Operation, remove, renderName } from '../state.js';
import { createKey, createTableOf, TABLE_NAMES } from './tables.js';

/** Code that makes a table, guarded as generators of migrations do it. */
export const createInBlock: Operation = (state, pick) => {
  const table = createTableOf(createName(state, pick, TABLE_NAMES), [createKey()]);
  table.key = table.columns[0]!;
  const name = `${table.schema}.${table.name}`;
  const body = [
    `execute 'create table ${name} (id int primary key)';`,
    `if not exists (select from pg_class where relname = 'nothing') then create table ${name} (id int primary key); end if;`,
    `execute format('create table %I.%s (id int primary key)', '${table.schema}', '${table.name}');`,
    `begin create table ${name} (id int primary key); exception when duplicate_table then null; end;`,
  ][pick(4)]!;
  return [{ sql: `do $$ begin ${body} end $$`, learn: () => state.tables.push(table) }];
};

/** Code about whatever tables there are. */
export const loopOverTables: Operation = (state, pick) => {
  const schema = choose(pick, state.schemas)!;
  const column = `looped_${pick(2)}`;
  const action = [
    `execute format('alter table %s add column if not exists ${column} int', r.oid::regclass)`,
    `execute format('comment on table %s is %L', r.oid::regclass, 'in a loop')`,
    `execute format('grant select on %s to plinth_reader', r.oid::regclass)`,
    `execute format('alter table %s enable row level security', r.oid::regclass)`,
  ][pick(4)]!;
  return [
    {
      sql: `do $$ declare r record; begin for r in select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '${schema}' and c.relkind in ('r', 'p') and not c.relispartition order by c.relname loop ${action}; end loop; end $$`,
      learn: () => {
        if (!action.includes('add column')) return;
        for (const table of state.tables.filter((t) => t.schema === schema)) {
          if (table.columns.some(({ name }) => name === column)) continue;
          table.columns.push({ name: column, type: 'int', isArray: false, isMade: false, refersTo: null });
        }
      },
    },
  ];
};

export const changeInBlock: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  if (table === undefined) return [];
  const name = `${table.schema}.${table.name}`;
  const column = table.columns.find((c) => c.type === 'text' && !c.isArray);
  const body = [
    `execute 'comment on table ${name} is ''from a block''';`,
    `if exists (select from ${name}) then delete from ${name}; end if;`,
    column === undefined
      ? 'null;'
      : `update ${name} set ${column.name} = 'by block' where ${column.name} is not null;`,
    `execute 'create index on ${name} (' || (select quote_ident(attname) from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 and not attisdropped order by attnum limit 1) || ')';`,
  ][pick(4)]!;
  return [{ sql: `do $$ begin ${body} end $$` }];
};

export const dropInBlock: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  if (table === undefined) return [];
  return [
    {
      sql: `do $$ begin execute 'drop table if exists ${table.schema}.${table.name} cascade'; end $$`,
      learn: () => remove(state.tables, table),
    },
  ];
};

/** Several tables at once, in one statement. */
export const dropSeveral: Operation = (state, pick) => {
  const one = choose(pick, state.tables);
  const other = choose(pick, state.tables);
  if (one === undefined || other === undefined || one === other) return [];
  return [
    {
      sql: `drop table ${renderName(state, one)}, ${renderName(state, other)} cascade`,
      learn: () => {
        remove(state.tables, one);
        remove(state.tables, other);
      },
    },
  ];
};
