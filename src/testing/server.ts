import type { Duplex } from 'node:stream';
import type { ApplyOptions } from '../index.js';
import type { Session } from '../postgres/session.js';

/** What `pg` takes to connect: `new pg.Client(db.connection)`, `new pg.Pool(db.connection)`. */
export interface PgConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly options?: string;
  readonly ssl?: boolean | object;
  /** A stream to the pod, in a cluster: there is no port to dial. */
  readonly stream?: () => Duplex;
}

/** How a database is reached by others than us. */
export interface Access {
  /** Null where only a stream leads there. */
  readonly url: string | null;
  readonly connection: PgConnection;
  readonly psql: string | null;
}

export interface Within {
  readonly applicationName: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Starts an embedded server that does not run: somebody may have stopped it on purpose. Default: true. */
  readonly starts?: boolean;
}

/** A PostgreSQL on which databases of tests are made. */
export interface TestServer {
  readonly label: string;
  /** A session with a database; null: the one where nothing is but what we have to say. */
  open(database: string | null, within: Within): Promise<Session>;
  /** What makes `apply` go to a database of this server, and to its schema first where one is named. */
  getApplyTarget(database: string): Partial<ApplyOptions>;
  /** The database that the target itself names, for where none can be made. */
  readonly ownDatabase: string;
  getAccess(database: string, options?: string): Access;
  /** Ends what was started for it; an embedded server only where nobody else can be on it. */
  stop(isAlone: boolean): Promise<void>;
}
