import type { Session } from './session.js';

/** Runs work in a transaction in which the server refuses to write; it sees one moment of the database. */
export async function withReadOnly<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.execute('begin isolation level repeatable read, read only');
  try {
    return await work();
  } finally {
    // A session that is lost has none any more.
    await session.execute('rollback').catch(() => {});
  }
}
