import { choose, type Operation, renderName } from '../state.js';
import { renderValue } from '../values.js';
import { renderInsert } from './routines.js';

export const insertRows: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  if (table === undefined) return [];
  const name = renderName(state, table);
  if (table.by !== null && pick(2) === 0) {
    const columns = table.columns.map((column) => column.name);
    const n = pick(7);
    const value = table.by.type === 'date' ? `date '2030-0${n + 1}-05'` : String(n * 100 + 5);
    return [{ sql: `insert into ${name} (${columns[0]}) values (${value})` }];
  }
  return [
    { sql: `${renderInsert(state, pick, table, name)}${pick(3) === 0 ? ' on conflict do nothing' : ''}` },
  ];
};

/** Rows built from those of another table. */
export const copyRows: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const other = choose(pick, state.tables);
  if (table === undefined || other === undefined) return [];
  const pairs = table.columns
    .filter((column) => !column.isMade)
    .map((column) => {
      const source = other.columns.find((c) => c.type === column.type && c.isArray === column.isArray);
      return [
        column.name,
        source === undefined || pick(4) === 0 ? renderValue(state, column, pick) : `o.${source.name}`,
      ] as const;
    });
  if (pairs.length === 0) return [];
  const from = `${renderName(state, other)} o`;
  const insert = `insert into ${renderName(state, table)} (${pairs.map(([name]) => name).join(', ')})`;
  const select = `select ${pairs.map(([, value]) => value).join(', ')} from ${from}`;
  const order = ` order by o::text`;
  return [
    {
      sql:
        pick(4) === 0
          ? `with o as (select * from ${renderName(state, other)}) ${insert} select ${pairs.map(([, v]) => v).join(', ')} from o${order} limit 3`
          : `${insert} ${select}${order} limit 3`,
    },
  ];
};

export const changeRows: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const other = choose(pick, state.tables);
  const column = choose(pick, table?.columns.filter((c) => !c.isMade && c !== table.by) ?? []);
  if (table === undefined || other === undefined || column === undefined) return [];
  const name = renderName(state, table);
  const value = renderValue(state, column, pick);
  return [
    `update ${name} set ${column.name} = ${value}`,
    `update ${name} set ${column.name} = ${value} where exists (select from ${renderName(state, other)})`,
    `delete from ${name} where ${column.name} is null`,
    `delete from ${name} where exists (select from ${renderName(state, other)} where false)`,
    `update ${name} t set ${column.name} = ${value} from ${renderName(state, other)} o where o::text = t::text`,
    `truncate ${name}`,
    `merge into ${name} t using (select 1 as one) s on false when not matched then insert (${column.name}) values (${value})`,
    `with gone as (delete from ${renderName(state, other)} returning 1) update ${name} set ${column.name} = ${value} where (select count(*) from gone) > 0`,
  ]
    .slice(pick(8))
    .slice(0, 1)
    .map((sql) => ({ sql }));
};
