import {
  choose,
  createName,
  type Operation,
  type Pick,
  type Routine,
  remove,
  renderName,
  type State,
  type Table,
} from '../state.js';
import { renderInBody, renderType, renderValue } from '../values.js';

const ROUTINE_NAMES = ['f', 'total', 'touch', 'log_change', '"Odd Function"', 'notes'];

const createRoutine = (state: State, pick: Pick, kind: Routine['kind']): Routine => {
  const schema = choose(pick, state.schemas)!;
  const used = new Set(state.functions.filter((f) => f.schema === schema).map(({ name }) => name));
  const first = pick(ROUTINE_NAMES.length);
  const names = [...ROUTINE_NAMES.slice(first), ...ROUTINE_NAMES.slice(0, first)];
  return { schema, name: names.find((n) => !used.has(n)) ?? `f_${++state.count}`, kind };
};

/** An INSERT of one row, with all that is given. */
export function renderInsert(state: State, pick: Pick, table: Table, name: string): string {
  const columns = table.columns.filter((column) => !column.isMade);
  if (columns.length === 0) return `insert into ${name} default values`;
  const values = columns.map((column) => renderValue(state, column, pick));
  return `insert into ${name} (${columns.map((c) => c.name).join(', ')}) values (${values.join(', ')})`;
}

export const createValueFunction: Operation = (state, pick) => {
  const routine = createRoutine(state, pick, 'value');
  const name = renderName(state, routine);
  const table = choose(pick, state.tables);
  const other = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'value'),
  );
  const of = table === undefined ? '(values (1)) v' : renderInBody(table, pick);
  const type = choose(pick, state.types);
  const declared = type === undefined ? 'int' : renderType(state, { type, isArray: false });
  const body = [
    `language sql as $$ select count(*)::int from ${of} $$`,
    `language sql as $$ select ${1 + pick(9)} $$`,
    `language plpgsql as $$ begin return (select count(*)::int from ${of}); end $$`,
    other === undefined
      ? 'language sql immutable as $$ select 7 $$'
      : `language plpgsql as $$ begin return ${renderInBody(other, pick)}() + 1; end $$`,
    `language plpgsql as $$ declare v ${declared}; begin return 3; end $$`,
    table === undefined
      ? 'language sql return 4'
      : `language sql begin atomic select count(*)::int from ${renderName(state, table)}; end`,
  ][pick(6)]!;
  return [
    { sql: `create function ${name}() returns int ${body}`, learn: () => state.functions.push(routine) },
  ];
};

export const createTriggerFunction: Operation = (state, pick) => {
  const routine = createRoutine(state, pick, 'trigger');
  const target = choose(pick, state.tables);
  const call = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'value'),
  );
  const body = [
    '',
    target === undefined
      ? ''
      : ` ${renderInsert(state, pick, target, renderInBody(target, pick))} on conflict do nothing;`,
    call === undefined ? '' : ` perform ${renderInBody(call, pick)}();`,
    target === undefined ? '' : ` delete from ${renderInBody(target, pick)} where false;`,
  ][pick(4)]!;
  return [
    {
      sql: `create function ${renderName(state, routine)}() returns trigger language plpgsql as $$ begin${body} return new; end $$`,
      learn: () => state.functions.push(routine),
    },
  ];
};

/** A procedure that makes what it is told to, by EXECUTE. */
export const createProcedure: Operation = (state, pick) => {
  const routine = createRoutine(state, pick, 'procedure');
  const body = [
    "execute format('alter table %s add column if not exists extra int', t)",
    "execute format('create index on %s (id)', t)",
    "execute format('comment on table %s is %L', t, 'by a procedure')",
    "execute format('alter table %s owner to plinth_writer', t)",
  ][pick(4)]!;
  return [
    {
      sql: `create procedure ${renderName(state, routine)}(t text) language plpgsql as $$ begin ${body}; end $$`,
      learn: () => state.functions.push(routine),
    },
  ];
};

export const callProcedure: Operation = (state, pick) => {
  const routine = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'procedure'),
  );
  const table = choose(pick, state.tables);
  if (routine === undefined || table === undefined) return [];
  return [{ sql: `call ${renderName(state, routine)}('${table.schema}.${table.name}')` }];
};

export const alterRoutine: Operation = (state, pick) => {
  const routine = choose(pick, state.functions);
  if (routine === undefined) return [];
  const { kind } = routine;
  const name = `${kind === 'procedure' ? 'procedure' : 'function'} ${renderName(state, routine)}(${kind === 'procedure' ? 'text' : ''})`;
  const fresh = createRoutine({ ...state, schemas: [routine.schema] }, pick, kind).name;
  const schema = choose(pick, state.schemas)!;
  const table = choose(pick, state.tables);
  const of = table === undefined ? '(values (1)) v' : renderInBody(table, pick);
  const replace =
    kind === 'value'
      ? `create or replace function ${renderName(state, routine)}() returns int language sql as $$ select count(*)::int + 1 from ${of} $$`
      : `alter ${name} set search_path = public`;
  return [
    [{ sql: replace }],
    [
      {
        sql: `alter ${name} rename to ${fresh}`,
        learn: () => {
          routine.name = fresh;
        },
      },
    ],
    [
      {
        sql: `alter ${name} set schema ${schema}`,
        learn: () => {
          routine.schema = schema;
        },
      },
    ],
    [
      {
        sql: `drop ${name}${pick(2) === 0 ? ' cascade' : ''}`,
        learn: () => remove(state.functions, routine),
      },
    ],
  ][pick(4)]!;
};

export const createView: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const other = choose(pick, state.tables);
  if (table === undefined || other === undefined) return [];
  const isMaterialized = pick(3) === 0;
  const view = { ...createName(state, pick, ['summary', 'overview', 'recent']), isMaterialized, of: table };
  const column = choose(pick, table.columns);
  const query = [
    `select * from ${renderName(state, table)}`,
    `select count(*) as n from ${renderName(state, table)}, ${renderName(state, other)}`,
    column === undefined
      ? 'select 1 as one'
      : `select ${column.name} as value from ${renderName(state, table)}`,
    `select n from (select count(*) as n from ${renderName(state, choose(pick, state.views) ?? table)}) counted`,
  ][pick(4)]!;
  return [
    {
      sql: `create ${isMaterialized ? 'materialized ' : ''}view ${renderName(state, view)} as ${query}`,
      learn: () => state.views.push(view),
    },
  ];
};

export const alterView: Operation = (state, pick) => {
  const view = choose(pick, state.views);
  if (view === undefined) return [];
  const word = view.isMaterialized ? 'materialized view' : 'view';
  const name = renderName(state, view);
  const fresh = createName({ ...state, schemas: [view.schema] }, pick, [
    'summary',
    'overview',
    'recent',
  ]).name;
  return [
    [
      {
        sql: view.isMaterialized
          ? `refresh materialized view ${name}`
          : `create or replace view ${name} as select count(*) as n from ${renderName(state, view.of)}`,
      },
    ],
    [
      {
        sql: `alter ${word} ${name} rename to ${fresh}`,
        learn: () => {
          view.name = fresh;
        },
      },
    ],
    [
      {
        sql: `drop ${word} ${name}${pick(2) === 0 ? ' cascade' : ''}`,
        learn: () => remove(state.views, view),
      },
    ],
    [{ sql: `comment on ${word} ${name} is 'seen ${pick(9)}'` }],
  ][pick(4)]!;
};
