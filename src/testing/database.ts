import type { Finding } from '../model/finding.js';
import { waitFor } from '../postgres/delay.js';
import type { Row, Session } from '../postgres/session.js';
import { getNoteSql, getSessionsSql } from '../postgres/test-databases.js';
import type { Base } from './base.js';
import { createDisposable } from './disposable.js';
import { createSingle } from './single.js';
import type { TestDatabase } from './test-database.js';

// A connection that was closed a moment ago is still seen.
const LOOKS = 5;
const LOOK_MS = 20;

/** A test's own database, by its name. */
export async function createDatabase(base: Base, name: string): Promise<TestDatabase> {
  const { options, owner, server } = base;
  const access = await base.getAccess(name);
  const within = { applicationName: `${owner.applicationName}/query`, timeoutMs: options.timeout };
  // Once, because it is not ours to say whether it may run twice.
  const own = createSingle(() => server.open(name, within), { attempts: 1 });
  const beforeDrop = async (): Promise<void> => {
    const left = await owner.use((session) => endSessions(session, name));
    if (left.length > 0) base.tell(createLeftOpen(name, left));
  };
  return createDisposable(base, { isolation: 'database', name, access, own, getNoteSql, beforeDrop });
}

/** Ends who is on a database, and tells who that was. */
async function endSessions(session: Session, name: string): Promise<readonly Row[]> {
  for (let look = 1; look < LOOKS; look += 1) {
    if ((await session.query(getSessionsSql(name, false))).length === 0) return [];
    await waitFor(LOOK_MS);
  }
  return await session.query(getSessionsSql(name, true));
}

function createLeftOpen(name: string, left: readonly Row[]): Finding {
  const sessions = left.map((row) => ({
    pid: Number(row['pid']),
    applicationName: String(row['application_name'] ?? ''),
    state: String(row['state'] ?? ''),
    query: String(row['query'] ?? '').replace(/\bpassword\b[\s\S]*/i, 'password ***'),
  }));
  return { code: 'CONNECTIONS_LEFT_OPEN', severity: 'warning', args: { name, sessions } };
}
