/** Why a statement is kept: a chain that starts at a wanted table. */
export interface Reason {
  /** `wanted`: reached from a table; `always`: session state and default privileges; `order`: rule order-free; `unobserved`: failed while observing; `live`: rows that are already there; `proof`: without it the object came out otherwise; `again`: it ran when its repeatable migration read otherwise; `all`: the whole history was asked for. */
  readonly why: 'wanted' | 'always' | 'order' | 'unobserved' | 'live' | 'proof' | 'again' | 'all';
  /** `['audit_events', 'trigger trg_set_date', 'function set_date()']` */
  readonly chain: readonly string[];
}

/** The statements that the wanted tables need, in history order. */
export interface Slice {
  /** The wanted tables as `schema.name`, sorted. */
  readonly tables: readonly string[];
  /** Ordinals of kept statements with their reason. */
  readonly kept: ReadonlyMap<number, Reason>;
  /** What they need to be there: the tables and all that they stand on, by their place in `Observation.objects`. */
  readonly objects: ReadonlySet<number>;
  /** Idle data statements whose targets are needed: they run where those tables already hold rows. */
  readonly idle: ReadonlySet<number>;
  /** What it does without, because it is about partitions that nobody asked for. */
  readonly outside: OutsidePartitions;
}

/** What of a slice is about partitions that nobody asked for. */
export interface OutsidePartitions {
  /** Statements that are about nothing but such partitions. */
  readonly statements: ReadonlySet<number>;
  readonly partitions: ReadonlySet<string>;
}
