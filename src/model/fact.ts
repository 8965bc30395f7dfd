/** What a fact of the catalogue is about. What hangs on a column bears the column's name. */
export type FactKind =
  | 'column'
  | 'not null'
  | 'default'
  | 'generated'
  | 'identity'
  | 'collation'
  | 'storage'
  | 'compression'
  | 'statistics target'
  | 'column options'
  | 'constraint'
  | 'index'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'statistics'
  | 'grant'
  | 'comment'
  | 'definition'
  | 'partition key'
  | 'partition'
  | 'inherits'
  | 'persistence'
  | 'row security'
  | 'replica identity'
  | 'access method'
  | 'options'
  | 'of type'
  | 'foreign server'
  | 'sequence'
  | 'owned by'
  | 'body'
  | 'signature'
  | 'language'
  | 'volatility'
  | 'security'
  | 'settings'
  | 'traits'
  | 'labels'
  | 'base type'
  | 'subtype'
  | 'schema';

/** One fact of an object: `['index', 'orders_by_date', 'USING btree (date)']`; the name is empty where the object has but one. */
export type Fact = readonly [kind: FactKind, name: string, text: string];

/** A table, view, sequence, function, type, schema or extension with all that the catalogue says about it. */
export interface ObjectFacts {
  /** As pg_identify_object has it: `table`, `materialized view`, `function` … */
  readonly type: string;
  /** Quoted and qualified where need be: `public.orders`, `public.f(integer)`. */
  readonly identity: string;
  /** The role that owns it; absent where nobody cares who made it. */
  readonly owner?: string;
  /** The partitioned table that it is a partition of. */
  readonly parent?: string;
  /** Columns in their order, everything else by kind and name. */
  readonly facts: readonly Fact[];
}

/** What a catalogue says about some objects, or about all. */
export interface CatalogueFacts {
  /** `server_version_num`. */
  readonly server: number;
  /** The role that read them. */
  readonly reader: string;
  readonly objects: readonly ObjectFacts[];
  /** Of those: tables whose partitions are ranges of time. Default: unknown. */
  readonly ranges?: readonly TimeRanges[];
}

/** The partitions of a table, by time. */
export interface TimeRanges {
  readonly table: string;
  /** What time it is on the server, written as the bounds are. */
  readonly now: string;
  /** `FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')` */
  readonly bounds: readonly string[];
}

/** What an object lacks, or has otherwise than it should. */
export interface Difference {
  /** `table public.orders` */
  readonly object: string;
  /** A kind of fact, `column order`, `owner`, or `missing` where there is no such object. */
  readonly kind: FactKind | 'column order' | 'owner' | 'missing';
  /** The column, index, trigger, role …; empty where it is about the object itself. */
  readonly name: string;
  /** Null where nothing should be there. */
  readonly expected: string | null;
  /** Null where nothing is there. */
  readonly found: string | null;
}

/** What hangs on a column. */
export const OF_COLUMNS = [
  'not null',
  'default',
  'generated',
  'identity',
  'collation',
  'storage',
  'compression',
  'statistics target',
  'column options',
] as const satisfies readonly FactKind[];
