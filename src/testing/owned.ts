import type { Session } from '../postgres/session.js';
import { getDropDatabaseSql, READ_TEST_DATABASES } from '../postgres/test-databases.js';
import { getDropSchemaSql, READ_TEST_SCHEMAS } from '../postgres/test-schemas.js';

/** What owners have: how it is found, and dropped. */
export interface Owned {
  /** Gives `name`, `kind`, `digest`, `owner`, `alive`, `note` and `sessions`. */
  readonly read: string;
  /** In several messages; `force` ends who is on it. */
  getDropSql(name: string, serverVersion: number, force: boolean): readonly string[];
}

export const OWNED_DATABASES: Owned = { read: READ_TEST_DATABASES, getDropSql: getDropDatabaseSql };
export const OWNED_SCHEMAS: Owned = { read: READ_TEST_SCHEMAS, getDropSql: getDropSchemaSql };

/** Drops something of ours; does nothing where it is gone. */
export async function dropOwned(session: Session, owned: Owned, name: string, force: boolean): Promise<void> {
  for (const sql of owned.getDropSql(name, session.serverVersion, force)) await session.execute(sql);
}
