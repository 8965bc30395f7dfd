import { type Column, choose, createName, type Operation, remove, renderName } from '../state.js';
import { createColumn } from '../values.js';
import { createKey, createTableOf, TABLE_NAMES } from './tables.js';

export const createPartitioned: Operation = (state, pick) => {
  const isDate = pick(2) === 0;
  const by: Column = {
    name: isDate ? 'day' : 'bucket',
    type: isDate ? 'date' : 'int',
    isArray: false,
    isMade: false,
    refersTo: null,
  };
  const extra = createColumn(state, pick, []);
  extra.isArray = false;
  extra.type = 'text';
  const table = createTableOf(createName(state, pick, TABLE_NAMES), [by, extra], by);
  const key = pick(3) === 0 ? `, primary key (${by.name})` : '';
  return [
    {
      sql: `create table ${renderName(state, table)} (${by.name} ${by.type} not null, ${extra.name} text${key}) partition by range (${by.name})`,
      learn: () => state.tables.push(table),
    },
    ...addPartition({ ...state, tables: [table] }, pick),
  ];
};

function renderBounds(by: Column, n: number): string {
  return by.type === 'date'
    ? `for values from ('2030-0${n + 1}-01') to ('2030-0${n + 2}-01')`
    : `for values from (${n * 100}) to (${(n + 1) * 100})`;
}

export const addPartition: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ by }) => by !== null),
  );
  if (table === undefined) return [];
  const n = pick(7);
  const part = {
    schema: choose(pick, state.schemas)!,
    name: `part_${n}${table.by!.type === 'date' ? 'd' : 'n'}`,
  };
  const name = renderName(state, part);
  const of = renderName(state, table);
  const learn = (): void => void table.partitions.push(part);
  const bounds = pick(6) === 0 ? 'default' : renderBounds(table.by!, n);
  if (pick(3) > 0) return [{ sql: `create table ${name} partition of ${of} ${bounds}`, learn }];
  return [
    { sql: `create table ${name} (like ${of} including all)` },
    { sql: `alter table ${of} attach partition ${name} ${bounds}`, learn },
  ];
};

export const removePartition: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ partitions }) => partitions.length > 0),
  );
  const part = choose(pick, table?.partitions ?? []);
  if (table === undefined || part === undefined) return [];
  const name = renderName(state, part);
  const of = renderName(state, table);
  const learn = (): void => remove(table.partitions, part);
  switch (pick(4)) {
    case 0:
      return [{ sql: `drop table ${name}`, learn }];
    case 1:
      return [
        {
          sql: `alter table ${of} detach partition ${name}`,
          learn: () => {
            learn();
            const columns = table.columns.map((column) => ({ ...column, refersTo: null }));
            state.tables.push(createTableOf(part, columns));
          },
        },
      ];
    case 2:
      return [{ sql: `alter table ${of} detach partition ${name}`, learn }, { sql: `drop table ${name}` }];
    default:
      return [
        {
          sql: `alter table ${name} rename to ${part.name}_old`,
          learn: () => {
            part.name = `${part.name}_old`;
          },
        },
      ];
  }
};

/** A table turned into a partition of a new one: the history of many a table that grew. */
export const turnIntoPartition: Operation = (state, pick) => {
  const old = choose(
    pick,
    state.tables.filter(
      ({ columns, by }) => by === null && columns.some((c) => c.type === 'int' && !c.isArray),
    ),
  );
  const by = old?.columns.find((column) => column.type === 'int' && !column.isArray);
  if (old === undefined || by === undefined) return [];
  const { name } = old;
  const columns = old.columns.map((column) => ({ ...column, refersTo: null }));
  const parent = createTableOf(
    { schema: old.schema, name },
    columns,
    columns.find((column) => column.name === by.name) ?? createKey(),
  );
  const part = { schema: old.schema, name: 'part_old' };
  return [
    {
      sql: `alter table ${renderName(state, old)} rename to part_old`,
      learn: () => {
        old.name = 'part_old';
      },
    },
    {
      sql: `create table ${renderName(state, parent)} (like ${renderName(state, part)} including defaults) partition by range (${by.name})`,
      learn: () => state.tables.push(parent),
    },
    {
      sql: `alter table ${renderName(state, parent)} attach partition ${renderName(state, part)} for values from (minvalue) to (maxvalue)`,
      learn: () => {
        remove(state.tables, old);
        parent.partitions.push(part);
      },
    },
  ];
};
