import type { Isolation } from '../options.js';
import type { QueryResult } from '../postgres/session.js';
import type { PgConnection } from './server.js';

/** What a test has for itself. */
export interface TestDatabase {
  readonly isolation: Isolation;
  /** Of the database; with isolation `schema`, of the schema. */
  readonly name: string;
  /** Holds the password, if there is one; non-enumerable. Throws where no URL leads there: in a cluster without `listen`, and with isolation `transaction`. */
  readonly url: string;
  /** For `new pg.Client(db.connection)` and `new pg.Pool(db.connection)`; non-enumerable, too. Throws with isolation `transaction`. */
  readonly connection: PgConnection;
  /** What meets it from a terminal, without a password; null where psql does not reach it. */
  readonly psql: string | null;
  /** Runs SQL on a session of its own, as the `query` of `pg` does: several statements where no values are given, and the last one's result. */
  query(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
  /** Leaves it there at the end, for a look at it. */
  keep(): void;
  /**
   * Names and ends the connections that were left open, and takes the database away behind the caller's back; does nothing the
   * second time.
   */
  dispose(outcome?: { readonly failed?: boolean }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
