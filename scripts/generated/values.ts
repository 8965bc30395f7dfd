import type { Column, Named, Pick, State, UserType } from './state.js';
import { choose, renderName } from './state.js';

const BASE_TYPES = ['int', 'text', 'bigint', 'date', 'boolean', 'numeric(10,2)', 'jsonb', 'varchar(40)'];
const COLUMN_NAMES = ['name', 'kind', 'amount', 'at', 'ref', 'note', 'orders', 'status', '"Odd Col"'];

export function renderType(state: State, { type, isArray }: Pick2): string {
  const name = typeof type === 'string' ? type : renderName(state, type);
  return isArray ? `${name}[]` : name;
}
type Pick2 = { readonly type: string | UserType; readonly isArray: boolean };

/** A column of any type, with a name that is not among those taken. */
export function createColumn(state: State, pick: Pick, taken: readonly Column[]): Column {
  const first = pick(COLUMN_NAMES.length);
  const names = [...COLUMN_NAMES.slice(first), ...COLUMN_NAMES.slice(0, first)];
  const name = names.find((n) => taken.every((column) => column.name !== n)) ?? `c${++state.count}`;
  const type = pick(3) === 0 ? choose(pick, state.types) : undefined;
  return {
    name,
    type: type ?? choose(pick, BASE_TYPES)!,
    isArray: pick(8) === 0,
    isMade: false,
    refersTo: null,
  };
}

/** An expression for a value of a column. */
export function renderValue(state: State, { type, isArray, refersTo }: Column, pick: Pick): string {
  if (refersTo?.key != null && !isArray) {
    return `(select min(${refersTo.key.name}) from ${renderName(state, refersTo)})`;
  }
  const one = renderOne(state, type, pick);
  return isArray ? `array[${one}]::${renderType(state, { type, isArray })}` : one;
}

function renderOne(state: State, type: string | UserType, pick: Pick): string {
  state.count += 1;
  const n = state.count;
  if (typeof type !== 'string') {
    const { kind, parts } = type;
    if (kind === 'enum') return `'${choose(pick, parts)}'`;
    if (kind === 'domain') return renderOne(state, parts[0]!, pick);
    return `row(${parts.map((part) => renderOne(state, part, pick)).join(', ')})::${renderName(state, type)}`;
  }
  if (type === 'date') return `date '2030-01-01' + ${n % 60}`;
  if (type === 'boolean') return n % 2 === 0 ? 'true' : 'false';
  if (type === 'jsonb') return `'{"n": ${n}}'`;
  return type === 'text' || type.startsWith('varchar') ? `'v${n}'` : String(n);
}

/** `schema.name` in a body, sometimes without its schema. */
export function renderInBody(named: Named, pick: Pick): string {
  return named.schema === 'public' && pick(3) === 0 ? named.name : `${named.schema}.${named.name}`;
}
