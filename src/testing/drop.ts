import type { Session } from '../postgres/session.js';
import { getDropDatabaseSql } from '../postgres/test-databases.js';

/** Drops a database of ours; does nothing where it is gone. */
export async function dropDatabase(session: Session, name: string, force: boolean): Promise<void> {
  for (const sql of getDropDatabaseSql(name, session.serverVersion, force)) await session.execute(sql);
}
