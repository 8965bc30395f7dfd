import { createRandom } from '../../generated/random.js';
import { createState, type State, type Table } from './state.js';
import {
  addCheck,
  addColumn,
  addLabel,
  backfill,
  commentOn,
  createEnum,
  createIndex,
  createPartition,
  createTable,
  createTrigger,
  type Kind,
  type Random,
  renameColumn,
  renameTable,
} from './statements.js';

/** What is to be generated. */
export interface HistorySize {
  readonly name: string;
  readonly tables: number;
  readonly statements: number;
  /** Statements in a migration. */
  readonly perMigration: number;
  /** Tables by month that it begins with; the first one is asked for. Default: none. */
  readonly logs?: readonly LogSize[];
}

/** A table by month; each of its partitions has all of its indexes. */
export interface LogSize {
  readonly name: string;
  readonly partitions: number;
  readonly indexes: number;
}

/** A history for all tools: SQL, one text for each statement. */
export interface BenchHistory {
  readonly name: string;
  /** The migrations in their order. */
  readonly migrations: readonly (readonly string[])[];
  /** The table that is asked for where one is. */
  readonly table: string;
  readonly tables: number;
  readonly statements: number;
  /** Tables by month, each with its partitions: `--partitions` leaves some out. */
  readonly isPartitioned: boolean;
  /** What is special about it, in sentences; empty where nothing is. */
  readonly about: string;
}

export const SIZES = {
  small: { name: 'small', tables: 10, statements: 40, perMigration: 8 },
  medium: { name: 'medium', tables: 100, statements: 1_000, perMigration: 20 },
  large: { name: 'large', tables: 300, statements: 4_000, perMigration: 25 },
  // As large as that of the project that asked for it, with as many tables by month, partitions and indexes.
  partitions: {
    ...{ name: 'partitions', tables: 14, statements: 274, perMigration: 16 },
    logs: [
      { name: 'audit_log', partitions: 36, indexes: 12 },
      { name: 'trace_log', partitions: 38, indexes: 19 },
    ],
  },
} as const satisfies Readonly<Record<string, HistorySize>>;
export type SizeName = keyof typeof SIZES;

// How often each kind comes, of all that are not tables.
const KINDS: readonly (readonly [weight: number, kind: Kind])[] = [
  [22, createIndex],
  [22, addColumn],
  [10, createTrigger],
  [10, backfill],
  [6, addCheck],
  [6, renameColumn],
  [5, commentOn],
  [4, createEnum],
  [3, addLabel],
  [2, renameTable],
];
const PARTITION_WEIGHT = 10;
const TOTAL = KINDS.reduce((sum, [weight]) => sum + weight, PARTITION_WEIGHT);

/**
 * A history of just so many tables and statements. The same size and first year give the same history; the year is that of the
 * first partitions, of which some are to be of these days.
 */
export function generateHistory(size: HistorySize, firstYear: number): BenchHistory {
  const state = createState();
  const random = createRandom(size.statements);
  const statements: string[] = [];
  const logs = (size.logs ?? []).flatMap((log) => createLog(log, state, firstYear));
  const left = size.statements - logs.length;
  while (statements.length < left) {
    // Tables come evenly, the first at the beginning.
    const isDue = state.tables.length * left * 0.9 <= statements.length * size.tables;
    const isTable = state.tables.length < size.tables && isDue;
    const next = isTable ? createTable(state, random) : createOther(state, random, firstYear);
    if (next !== null) statements.push(next);
  }
  const all = [...logs, ...statements];
  const migrations = Array.from({ length: Math.ceil(all.length / size.perMigration) }, (_, at) =>
    all.slice(at * size.perMigration, (at + 1) * size.perMigration),
  );
  return {
    name: size.name,
    migrations,
    table: size.logs === undefined ? getWanted(state) : state.tables[0]!.name,
    tables: state.tables.length,
    statements: all.length,
    isPartitioned: size.logs !== undefined,
    about: (size.logs ?? [])
      .map(
        (log) => `${log.name}, by month, has ${log.partitions} partitions with ${log.indexes} indexes each.`,
      )
      .join(' '),
  };
}

function createOther(state: State, random: Random, firstYear: number): string | null {
  let at = random(TOTAL);
  for (const [weight, kind] of KINDS) {
    if (at < weight) return kind(state, random);
    at -= weight;
  }
  const open = state.tables.filter(({ months }) => months !== null && months.made < 36);
  const table = open[random(open.length)];
  return table === undefined ? null : createPartition(table, firstYear);
}

function createLog({ name, partitions, indexes }: LogSize, state: State, firstYear: number): string[] {
  const log: Table = {
    ...{ name, area: 0, columns: ['amount'], months: { made: 0 } },
    ...{ isReferable: false, hasTrigger: false, hasRows: false },
  };
  state.tables.push(log);
  const columns = Array.from({ length: indexes }, (_, at) => `mark_${at + 1}`);
  return [
    `CREATE TABLE ${name} (\n  id bigint NOT NULL,\n  name text NOT NULL,\n  created_at timestamptz NOT NULL DEFAULT now(),\n  amount numeric(12,2) NOT NULL DEFAULT 0,\n${columns.map((column) => `  ${column} text,\n`).join('')}  PRIMARY KEY (id, created_at)\n) PARTITION BY RANGE (created_at);`,
    ...Array.from({ length: partitions }, () => createPartition(log, firstYear)),
    ...columns.map((column) => `CREATE INDEX ${name}_${column} ON ${name} (${column}, created_at);`),
  ];
}

/** One of the middle, which others stand on and which stands on others. */
function getWanted({ tables }: State): string {
  const ordinary = tables.filter(({ months }) => months === null);
  return ordinary[Math.floor(ordinary.length / 2)]!.name;
}
