import { choose, createName, type Operation, remove, renderName } from '../state.js';
import { renderValue } from '../values.js';

const INDEX_NAMES = ['by_name', 'by_kind', 'lookup', '"Odd Index"'];
const PART_NAMES = ['alpha', 'beta', 'gamma', 'delta'];

export const createIndex: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  if (table === undefined || column === undefined) return [];
  const index = createName({ ...state, schemas: [table.schema] }, pick, INDEX_NAMES);
  const isNamed = pick(3) > 0;
  const unique = pick(4) === 0 ? 'unique ' : '';
  const where = pick(4) === 0 ? ` where ${column.name} is not null` : '';
  return [
    {
      sql: `create ${unique}index ${isNamed ? `${index.name} ` : ''}on ${renderName(state, table)} (${column.name})${where}`,
      learn: () => (isNamed ? table.indexes.push(index) : undefined),
    },
  ];
};

export const alterIndex: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ indexes }) => indexes.length > 0),
  );
  const index = choose(pick, table?.indexes ?? []);
  if (table === undefined || index === undefined) return [];
  if (pick(2) === 0) {
    return [{ sql: `drop index ${renderName(state, index)}`, learn: () => remove(table.indexes, index) }];
  }
  const { name } = createName({ ...state, schemas: [index.schema] }, pick, INDEX_NAMES);
  return [
    {
      sql: `alter index ${renderName(state, index)} rename to ${name}`,
      learn: () => {
        index.name = name;
      },
    },
  ];
};

export const addConstraint: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  if (table === undefined || column === undefined) return [];
  const name = `${choose(pick, PART_NAMES)}`;
  const alter = `alter table ${renderName(state, table)} add constraint ${name}`;
  const target = choose(
    pick,
    state.tables.filter((other) => other.key !== null),
  );
  const call = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'value'),
  );
  const learn = (): void => void table.constraints.push(name);
  switch (pick(4)) {
    case 0:
      return [{ sql: `${alter} unique (${column.name})`, learn }];
    case 1:
      if (target === undefined) return [];
      return [
        {
          sql: `${alter} foreign key (${column.name}) references ${renderName(state, target)}${pick(2) === 0 ? '' : ' not valid'}`,
          learn: () => {
            learn();
            column.refersTo = target;
          },
        },
      ];
    case 2:
      return call === undefined
        ? []
        : [
            {
              sql: `${alter} check (${renderName(state, call)}() is not null or ${column.name} is null)`,
              learn,
            },
          ];
    default:
      return [
        {
          sql: `${alter} check (${column.name} is not null or true)${pick(3) === 0 ? ' not valid' : ''}`,
          learn,
        },
      ];
  }
};

export const alterConstraint: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ constraints }) => constraints.length > 0),
  );
  const name = choose(pick, table?.constraints ?? []);
  if (table === undefined || name === undefined) return [];
  const alter = `alter table ${renderName(state, table)}`;
  const fresh = `${choose(pick, PART_NAMES)}_${pick(3)}`;
  return [
    [{ sql: `${alter} drop constraint ${name}`, learn: () => remove(table.constraints, name) }],
    [{ sql: `${alter} validate constraint ${name}` }],
    [
      {
        sql: `${alter} rename constraint ${name} to ${fresh}`,
        learn: () => {
          remove(table.constraints, name);
          table.constraints.push(fresh);
        },
      },
    ],
  ][pick(3)]!;
};

export const createTrigger: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const routine = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'trigger'),
  );
  if (table === undefined || routine === undefined) return [];
  const name = choose(pick, PART_NAMES)!;
  const when = ['before insert', 'after insert', 'before insert or update', 'after delete'][pick(4)]!;
  return [
    {
      sql: `create trigger ${name} ${when} on ${renderName(state, table)} for each row execute function ${renderName(state, routine)}()`,
      learn: () => table.triggers.push(name),
    },
  ];
};

export const alterTrigger: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ triggers }) => triggers.length > 0),
  );
  const name = choose(pick, table?.triggers ?? []);
  if (table === undefined || name === undefined) return [];
  const on = renderName(state, table);
  const fresh = `${choose(pick, PART_NAMES)}_${pick(3)}`;
  return [
    [{ sql: `drop trigger ${name} on ${on}`, learn: () => remove(table.triggers, name) }],
    [{ sql: `alter table ${on} disable trigger ${name}` }],
    [
      {
        sql: `alter trigger ${name} on ${on} rename to ${fresh}`,
        learn: () => {
          remove(table.triggers, name);
          table.triggers.push(fresh);
        },
      },
    ],
  ][pick(3)]!;
};

export const createPolicy: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  const other = choose(pick, state.tables);
  const call = choose(
    pick,
    state.functions.filter(({ kind }) => kind === 'value'),
  );
  if (table === undefined || column === undefined || other === undefined) return [];
  const on = renderName(state, table);
  const name = choose(pick, PART_NAMES)!;
  const using = [
    `${column.name} is not null`,
    `exists (select from ${renderName(state, other)})`,
    call === undefined ? 'true' : `${renderName(state, call)}() is not null`,
  ][pick(3)]!;
  return [
    { sql: `alter table ${on} enable row level security` },
    { sql: `create policy ${name} on ${on} using (${using})`, learn: () => table.policies.push(name) },
  ];
};

export const alterPolicy: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ policies }) => policies.length > 0),
  );
  const name = choose(pick, table?.policies ?? []);
  if (table === undefined || name === undefined) return [];
  const on = renderName(state, table);
  if (pick(2) === 0)
    return [{ sql: `drop policy ${name} on ${on}`, learn: () => remove(table.policies, name) }];
  const fresh = `${choose(pick, PART_NAMES)}_${pick(3)}`;
  return [
    {
      sql: `alter policy ${name} on ${on} rename to ${fresh}`,
      learn: () => {
        remove(table.policies, name);
        table.policies.push(fresh);
      },
    },
  ];
};

export const createSequence: Operation = (state, pick) => {
  const sequence = createName(state, pick, ['counter', 'numbers', 'serials']);
  const name = renderName(state, sequence);
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  const steps = [
    { sql: `create sequence ${name} start ${1 + pick(50)}`, learn: () => state.sequences.push(sequence) },
  ];
  const isNumber = column?.type === 'int' || column?.type === 'bigint';
  if (table === undefined || column === undefined || column.isArray || !isNumber || pick(3) === 0)
    return steps;
  const on = renderName(state, table);
  return [
    ...steps,
    {
      sql: `alter table ${on} alter column ${column.name} set default nextval('${sequence.schema}.${sequence.name}')`,
    },
    ...(pick(2) === 0 ? [] : [{ sql: `alter sequence ${name} owned by ${on}.${column.name}` }]),
  ];
};

export const alterSequence: Operation = (state, pick) => {
  const sequence = choose(pick, state.sequences);
  if (sequence === undefined) return [];
  const name = renderName(state, sequence);
  const { name: fresh } = createName({ ...state, schemas: [sequence.schema] }, pick, [
    'counter',
    'numbers',
    'serials',
  ]);
  return [
    [{ sql: `alter sequence ${name} increment ${1 + pick(4)}` }],
    [{ sql: `select setval('${sequence.schema}.${sequence.name}', ${10 + pick(90)})` }],
    [{ sql: `select nextval('${sequence.schema}.${sequence.name}')` }],
    [
      {
        sql: `alter sequence ${name} rename to ${fresh}`,
        learn: () => {
          sequence.name = fresh;
        },
      },
    ],
    [
      {
        sql: `drop sequence ${name}${pick(2) === 0 ? ' cascade' : ''}`,
        learn: () => remove(state.sequences, sequence),
      },
    ],
  ][pick(5)]!;
};

export const createStatistics: Operation = (state, pick) => {
  const table = choose(
    pick,
    state.tables.filter(({ columns }) => columns.length > 1),
  );
  if (table === undefined) return [];
  const [one, other] = table.columns;
  const name = renderName(state, { schema: table.schema, name: choose(pick, PART_NAMES)! });
  return [
    { sql: `create statistics ${name} on ${one!.name}, ${other!.name} from ${renderName(state, table)}` },
  ];
};

/** A default that is another value of an unrelated kind. */
export const setStorage: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  if (table === undefined || column === undefined) return [];
  const on = renderName(state, table);
  return [
    [{ sql: `alter table ${on} alter column ${column.name} set storage main` }],
    [{ sql: `alter table ${on} set (fillfactor = ${50 + pick(50)})` }],
    [{ sql: `alter table ${on} replica identity full` }],
    [{ sql: `alter table ${on} alter column ${column.name} set statistics ${10 + pick(90)}` }],
    [{ sql: `update ${on} set ${column.name} = ${renderValue(state, column, pick)}` }],
  ][pick(5)]!;
};
