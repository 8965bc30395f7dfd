/** A table as the history leaves it so far. */
export interface Table {
  name: string;
  readonly area: number;
  /** Columns beside `id`, `name` and `created_at`. */
  readonly columns: string[];
  /** Months that have a partition already; null where the table is not partitioned. */
  readonly months: { made: number } | null;
  /** Its primary key is `id` alone, so that others can refer to it. */
  readonly isReferable: boolean;
  hasTrigger: boolean;
  hasRows: boolean;
}

/** What a history has made so far: what later statements can be about. */
export interface State {
  readonly tables: Table[];
  /** Enums, with how many labels each has. */
  readonly enums: { readonly name: string; labels: number }[];
  /** Functions for triggers, by the group of areas that they are for. */
  readonly functions: Set<number>;
  /** Gives each object a name of its own. */
  serial: number;
}

export const createState = (): State => ({ tables: [], enums: [], functions: new Set(), serial: 0 });
