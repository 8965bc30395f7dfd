import type { State, Table } from './state.js';

export type Random = (below: number) => number;

/** Makes one statement and notes what it changes; null where there is nothing that it could be about. */
export type Kind = (state: State, random: Random) => string | null;

const AREAS = 'sales billing stock audit access search media people orders plans'.split(' ');
const NOUNS =
  'accounts items events notes prices grants labels batches reports drafts visits parcels tickets quotas claims'.split(
    ' ',
  );
const TYPES = [
  'text',
  'bigint',
  'numeric(12,2) DEFAULT 0',
  'timestamptz',
  'jsonb',
  'boolean NOT NULL DEFAULT false',
];

const pick = <T>(random: Random, values: readonly T[]): T | undefined => values[random(values.length)];
const getNext = (state: State): number => {
  state.serial += 1;
  return state.serial;
};

/** The next table, every tenth of them in partitions by month. */
export function createTable(state: State, random: Random): string {
  const count = state.tables.length;
  const area = count % AREAS.length;
  const round = Math.floor(count / AREAS.length);
  const noun = NOUNS[(round + area) % NOUNS.length]!;
  const name = `${AREAS[area]}_${noun}${round < NOUNS.length ? '' : `_${Math.floor(round / NOUNS.length)}`}`;
  const isPartitioned = count % 10 === 3;
  const referable = state.tables.filter((table) => table.isReferable);
  // Mostly to the own area, so that slices are parts.
  const near = referable.filter((table) => table.area === area);
  const parent = pick(random, near.length > 0 && random(4) > 0 ? near : referable);
  const type = pick(random, state.enums);
  const lines = [
    `  id bigint NOT NULL${isPartitioned ? '' : ' PRIMARY KEY'}`,
    '  name text NOT NULL',
    '  created_at timestamptz NOT NULL DEFAULT now()',
    '  amount numeric(12,2) NOT NULL DEFAULT 0',
    ...(type === undefined ? [] : [`  state ${type.name}`]),
    ...(parent === undefined ? [] : [`  parent_id bigint REFERENCES ${parent.name}`]),
    ...(isPartitioned ? ['  PRIMARY KEY (id, created_at)'] : []),
  ];
  const columns = ['amount'];
  state.tables.push({
    ...{ name, area, columns, hasTrigger: false, hasRows: false, isReferable: !isPartitioned },
    months: isPartitioned ? { made: 0 } : null,
  });
  return `CREATE TABLE ${name} (\n${lines.join(',\n')}\n)${isPartitioned ? ' PARTITION BY RANGE (created_at)' : ''};`;
}

export const createEnum: Kind = (state) => {
  const name = `state_${getNext(state)}`;
  state.enums.push({ name, labels: 3 });
  return `CREATE TYPE ${name} AS ENUM ('open', 'paid', 'void');`;
};

export const addLabel: Kind = (state, random) => {
  const type = pick(random, state.enums);
  if (type === undefined) return null;
  type.labels += 1;
  return `ALTER TYPE ${type.name} ADD VALUE 'label_${type.labels}';`;
};

export const createIndex: Kind = (state, random) => {
  const table = pick(random, state.tables);
  const column = table && pick(random, [...table.columns, 'name', 'created_at']);
  if (table === undefined || column === undefined) return null;
  return `CREATE INDEX index_${getNext(state)} ON ${table.name} (${column});`;
};

export const addColumn: Kind = (state, random) => {
  const table = pick(random, state.tables);
  if (table === undefined) return null;
  const column = `field_${getNext(state)}`;
  const type = TYPES[random(TYPES.length)]!;
  // Of these an index can always be made.
  if (!type.startsWith('jsonb')) table.columns.push(column);
  return `ALTER TABLE ${table.name} ADD COLUMN ${column} ${type};`;
};

export const renameColumn: Kind = (state, random) => {
  const table = pick(random, state.tables);
  if (table === undefined || table.columns.length < 2) return null;
  const at = 1 + random(table.columns.length - 1);
  const name = `renamed_${getNext(state)}`;
  const statement = `ALTER TABLE ${table.name} RENAME COLUMN ${table.columns[at]} TO ${name};`;
  table.columns[at] = name;
  return statement;
};

export const renameTable: Kind = (state, random) => {
  const table = pick(random, state.tables);
  if (table === undefined) return null;
  const old = table.name;
  table.name = `${old.replace(/_v\d+$/, '')}_v${getNext(state)}`;
  return `ALTER TABLE ${old} RENAME TO ${table.name};`;
};

export const addCheck: Kind = (state, random) => {
  const table = pick(random, state.tables);
  if (table === undefined) return null;
  return `ALTER TABLE ${table.name} ADD CONSTRAINT check_${getNext(state)} CHECK (amount >= 0);`;
};

/** A function for some areas first, then triggers that call it. */
export const createTrigger: Kind = (state, random) => {
  const table = pick(
    random,
    state.tables.filter(({ hasTrigger }) => !hasTrigger),
  );
  if (table === undefined) return null;
  const group = Math.floor(table.area / 4);
  const name = `touch_${group}`;
  if (!state.functions.has(group)) {
    state.functions.add(group);
    return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.amount := coalesce(NEW.amount, 0);\n  RETURN NEW;\nEND;\n$$;`;
  }
  table.hasTrigger = true;
  return `CREATE TRIGGER trigger_${getNext(state)} BEFORE UPDATE ON ${table.name} FOR EACH ROW EXECUTE FUNCTION ${name}();`;
};

/** Rows, and changes of those that are there. */
export const backfill: Kind = (state, random) => {
  const table = pick(random, state.tables.filter(hasRoom));
  if (table === undefined) return null;
  if (table.hasRows) return `UPDATE ${table.name} SET amount = amount + 1 WHERE amount < 100;`;
  table.hasRows = true;
  return `INSERT INTO ${table.name} (id, name) SELECT n, 'row ' || n FROM generate_series(1, 20) AS n;`;
};

// Rows would need a partition of the day on which the history runs.
const hasRoom = ({ months }: Table): boolean => months === null;

export const commentOn: Kind = (state, random) => {
  const table = pick(random, state.tables);
  return table === undefined ? null : `COMMENT ON TABLE ${table.name} IS 'note ${getNext(state)}';`;
};

/** The next month of a table in partitions, from January of `firstYear` on. */
export function createPartition(table: Table, firstYear: number): string {
  const month = table.months!.made;
  table.months!.made += 1;
  const getMonth = (at: number): string =>
    `${firstYear + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
  const name = `${table.name}_${getMonth(month).replace('-', '_')}`;
  return `CREATE TABLE ${name} PARTITION OF ${table.name} FOR VALUES FROM ('${getMonth(month)}-01') TO ('${getMonth(month + 1)}-01');`;
}
