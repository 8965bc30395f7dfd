/** What a generated history has made so far, as far as the next operation must know it. */
export interface State {
  readonly schemas: string[];
  /** The schema that unqualified names are made in. */
  path: string;
  readonly tables: Table[];
  readonly types: UserType[];
  readonly functions: Routine[];
  readonly views: View[];
  readonly sequences: Named[];
  /** Counts values, so that no two rows are alike. */
  count: number;
}

export interface Named {
  schema: string;
  name: string;
}
export interface Column {
  name: string;
  type: string | UserType;
  isArray: boolean;
  /** The column's value comes by itself: serial, identity, generated. */
  isMade: boolean;
  /** The table that it refers to. */
  refersTo: Table | null;
}
export interface Table extends Named {
  readonly columns: Column[];
  /** The column of its primary key. */
  key: Column | null;
  /** The column that it is partitioned by. */
  readonly by: Column | null;
  readonly partitions: Named[];
  readonly constraints: string[];
  readonly indexes: Named[];
  readonly triggers: string[];
  readonly policies: string[];
}
export interface UserType extends Named {
  readonly kind: 'enum' | 'domain' | 'composite';
  /** Labels, the domain's base, or the attributes' types. */
  readonly parts: string[];
}
export interface Routine extends Named {
  readonly kind: 'value' | 'trigger' | 'procedure';
}
export interface View extends Named {
  readonly isMaterialized: boolean;
  readonly of: Table;
}

/** Chooses a number below a bound; the choices are what shrinks. */
export type Pick = (below: number) => number;

/** One statement, and what it changes in the state where the server takes it. */
export interface Step {
  readonly sql: string;
  readonly learn?: () => void;
}
/** What a history may do next; nothing where the state lacks what it needs. */
export type Operation = (state: State, pick: Pick) => readonly Step[];

export const ROLES = ['plinth_reader', 'plinth_writer'];

export function createState(): State {
  return {
    schemas: ['public'],
    path: 'public',
    tables: [],
    types: [],
    functions: [],
    views: [],
    sequences: [],
    count: 0,
  };
}

/** Makes a choice among several. */
export function choose<T>(pick: Pick, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[pick(from.length)];
}

/** The name as a statement has it: bare where the search path finds it. */
export function renderName(state: State, { schema, name }: Named): string {
  return schema === state.path ? name : `${schema}.${name}`;
}

/** A name that nothing in the schema has; names that were given up come again. */
export function createName(state: State, pick: Pick, pool: readonly string[]): Named {
  const schema = choose(pick, state.schemas)!;
  const { tables, types, views, sequences } = state;
  const relations = [
    ...tables.flatMap((t) => [t, ...t.partitions, ...t.indexes]),
    ...types,
    ...views,
    ...sequences,
  ];
  const used = new Set(relations.filter((o) => o.schema === schema).map(({ name }) => name));
  const first = pick(pool.length);
  const rotated = [...pool.slice(first), ...pool.slice(0, first)];
  return { schema, name: rotated.find((name) => !used.has(name)) ?? `${pool[0]}_${++state.count}` };
}

/** Takes an object out of a list. */
export function remove<T>(list: T[], object: T): void {
  const at = list.indexOf(object);
  if (at >= 0) list.splice(at, 1);
}
