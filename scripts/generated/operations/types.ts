import { choose, createName, type Operation, remove, renderName, type UserType } from '../state.js';

const TYPE_NAMES = ['status', 'level', 'email', 'address', 'kind', '"Odd Type"'];
const LABELS = ['new', 'open', 'done', 'name', 'low', 'high'];

export const createType: Operation = (state, pick) => {
  const named = createName(state, pick, TYPE_NAMES);
  const name = renderName(state, named);
  const other = choose(pick, state.types);
  const add = (kind: UserType['kind'], parts: string[]) => (): void =>
    void state.types.push({ ...named, kind, parts });
  switch (pick(4)) {
    case 0:
    case 1: {
      const labels = LABELS.slice(0, 2 + pick(3));
      return [
        {
          sql: `create type ${name} as enum (${labels.map((l) => `'${l}'`).join(', ')})`,
          learn: add('enum', labels),
        },
      ];
    }
    case 2: {
      const check = pick(2) === 0 ? " check (value <> '')" : '';
      return [{ sql: `create domain ${name} as text${check}`, learn: add('domain', ['text']) }];
    }
    default: {
      const nested = other !== undefined && pick(2) === 0 ? `, inner_part ${renderName(state, other)}` : '';
      return [
        {
          sql: `create type ${name} as (street text, number int${nested})`,
          learn: add('composite', nested === '' ? ['text', 'int'] : []),
        },
      ];
    }
  }
};

export const alterType: Operation = (state, pick) => {
  const type = choose(pick, state.types);
  if (type === undefined) return [];
  const name = renderName(state, type);
  const word = type.kind === 'domain' ? 'domain' : 'type';
  const fresh = createName({ ...state, schemas: [type.schema] }, pick, TYPE_NAMES).name;
  const schema = choose(pick, state.schemas)!;
  const rename = {
    sql: `alter ${word} ${name} rename to ${fresh}`,
    learn: () => {
      type.name = fresh;
    },
  };
  const move = {
    sql: `alter ${word} ${name} set schema ${schema}`,
    learn: () => {
      type.schema = schema;
    },
  };
  const choice = pick(6);
  if (choice === 0) return [rename];
  if (choice === 1) return [move];
  if (choice === 2) {
    return [
      {
        sql: `drop ${word} ${name}${pick(2) === 0 ? ' cascade' : ''}`,
        learn: () => remove(state.types, type),
      },
    ];
  }
  if (type.kind === 'domain') {
    return [
      [{ sql: `alter domain ${name} add constraint short check (length(value) < 60)` }],
      [{ sql: `alter domain ${name} drop constraint if exists short` }],
      [{ sql: `alter domain ${name} set default 'none'` }],
    ][pick(3)]!;
  }
  if (type.kind === 'composite') {
    const attribute = `more_${pick(3)}`;
    return [
      {
        sql: `alter type ${name} add attribute ${attribute} int cascade`,
        learn: () => type.parts.push('int'),
      },
    ];
  }
  const label = choose(pick, type.parts)!;
  const unused = LABELS.find((l) => !type.parts.includes(l)) ?? `l${++state.count}`;
  const place = pick(2) === 0 ? '' : ` before '${label}'`;
  return pick(2) === 0
    ? [{ sql: `alter type ${name} add value '${unused}'${place}`, learn: () => type.parts.push(unused) }]
    : [
        {
          sql: `alter type ${name} rename value '${label}' to '${unused}'`,
          learn: () => {
            type.parts.splice(type.parts.indexOf(label), 1, unused);
          },
        },
      ];
};

export const createSchema: Operation = (state, pick) => {
  const name = ['sales', 'audit', 'kind'].find((schema) => !state.schemas.includes(schema));
  if (name === undefined || pick(2) === 1) return [];
  return [{ sql: `create schema ${name}`, learn: () => state.schemas.push(name) }];
};

export const renameSchema: Operation = (state, pick) => {
  const schema = choose(pick, state.schemas.slice(1));
  if (schema === undefined || state.path === schema) return [];
  const fresh = ['sales', 'audit', 'kind', 'archive'].find((name) => !state.schemas.includes(name));
  if (fresh === undefined) return [];
  return [
    {
      sql: `alter schema ${schema} rename to ${fresh}`,
      learn: () => {
        state.schemas.splice(state.schemas.indexOf(schema), 1, fresh);
        const relations = state.tables.flatMap((t) => [t, ...t.partitions, ...t.indexes]);
        for (const object of [
          ...relations,
          ...state.types,
          ...state.views,
          ...state.sequences,
          ...state.functions,
        ]) {
          if (object.schema === schema) object.schema = fresh;
        }
      },
    },
  ];
};
