import { choose, type Operation, ROLES, renderName } from '../state.js';

export const grantRights: Operation = (state, pick) => {
  const role = choose(pick, ROLES)!;
  const schema = choose(pick, state.schemas)!;
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  const routine = choose(
    pick,
    state.functions.filter(({ kind }) => kind !== 'procedure'),
  );
  const type = choose(pick, state.types);
  const sequence = choose(pick, state.sequences);
  const onTable = table === undefined ? undefined : renderName(state, table);
  const options = [
    ...(onTable === undefined ? [] : [`select on ${onTable}`, `insert, update on ${onTable}`]),
    ...(onTable === undefined || column === undefined ? [] : [`select (${column.name}) on ${onTable}`]),
    ...(routine === undefined ? [] : [`execute on function ${renderName(state, routine)}()`]),
    ...(type === undefined ? [] : [`usage on type ${renderName(state, type)}`]),
    ...(sequence === undefined ? [] : [`usage on sequence ${renderName(state, sequence)}`]),
    `usage on schema ${schema}`,
    `select on all tables in schema ${schema}`,
    `usage on all sequences in schema ${schema}`,
    `execute on all functions in schema ${schema}`,
  ];
  const what = choose(pick, options)!;
  if (pick(4) > 0) return [{ sql: `grant ${what} to ${role}` }];
  return [{ sql: `revoke ${what} from ${/function|type/.test(what) && pick(2) === 0 ? 'public' : role}` }];
};

export const alterDefaults: Operation = (state, pick) => {
  const role = choose(pick, ROLES)!;
  const schema = pick(2) === 0 ? '' : ` in schema ${choose(pick, state.schemas)}`;
  const what = [
    'select on tables',
    'usage on sequences',
    'execute on functions',
    'insert on tables',
    'usage on types',
  ][pick(5)]!;
  const verb = pick(4) === 0 ? ['revoke', 'from'] : ['grant', 'to'];
  return [{ sql: `alter default privileges${schema} ${verb[0]} ${what} ${verb[1]} ${role}` }];
};

export const changeOwner: Operation = (state, pick) => {
  const role = choose(pick, [...ROLES, 'postgres'])!;
  const table = choose(pick, state.tables);
  const type = choose(pick, state.types);
  const options = [
    ...(table === undefined ? [] : [`table ${renderName(state, table)}`]),
    ...(type === undefined
      ? []
      : [`${type.kind === 'domain' ? 'domain' : 'type'} ${renderName(state, type)}`]),
  ];
  const what = choose(pick, options);
  return what === undefined ? [] : [{ sql: `alter ${what} owner to ${role}` }];
};

export const comment: Operation = (state, pick) => {
  const table = choose(pick, state.tables);
  const column = choose(pick, table?.columns ?? []);
  const index = choose(pick, table?.indexes ?? []);
  const constraint = choose(pick, table?.constraints ?? []);
  const type = choose(pick, state.types);
  const routine = choose(
    pick,
    state.functions.filter(({ kind }) => kind !== 'procedure'),
  );
  const on = table === undefined ? '' : renderName(state, table);
  const options = [
    ...(table === undefined ? [] : [`table ${on}`]),
    ...(column === undefined ? [] : [`column ${on}.${column.name}`]),
    ...(index === undefined ? [] : [`index ${renderName(state, index)}`]),
    ...(constraint === undefined ? [] : [`constraint ${constraint} on ${on}`]),
    ...(type === undefined ? [] : [`type ${renderName(state, type)}`]),
    ...(routine === undefined ? [] : [`function ${renderName(state, routine)}()`]),
    `schema ${choose(pick, state.schemas)}`,
  ];
  return [{ sql: `comment on ${choose(pick, options)} is 'said ${pick(99)}'` }];
};
