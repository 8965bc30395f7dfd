import { PlinthError } from '../errors.js';
import type { Finding } from '../model/finding.js';
import { waitFor } from '../postgres/delay.js';
import type { Row, Session } from '../postgres/session.js';
import { getNoteSql, getSessionsSql } from '../postgres/test-databases.js';
import type { Base } from './base.js';
import { renderNote } from './note.js';
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
  let isKept = options.keep === 'always';
  let disposing: Promise<void> | null = null;

  const end = async (failed: boolean): Promise<void> => {
    await own.close();
    if (isKept || (failed && options.keep === 'failed')) {
      const note = renderNote({ at: Date.now(), kept: true });
      await owner.use((session) => session.execute(getNoteSql(name, note)));
      base.tell({ code: 'TEST_DATABASE_KEPT', severity: 'info', args: { name, psql: access.psql } });
      return;
    }
    const left = await owner.use((session) => endSessions(session, name));
    if (left.length > 0) base.tell(createLeftOpen(name, left));
    base.startDrop(name);
  };
  const dispose = (outcome: { readonly failed?: boolean } = {}): Promise<void> => {
    disposing ??= end(outcome.failed === true);
    return disposing;
  };
  const database = {
    isolation: 'database' as const,
    name,
    psql: access.psql,
    query: (sql: string, values?: readonly unknown[]) => own.use((session) => session.run(sql, values)),
    keep: () => {
      isKept = true;
    },
    dispose,
    [Symbol.asyncDispose]: () => dispose(),
  };
  // Both may hold a password, and a database may be logged.
  return Object.defineProperties(database, {
    url: { get: () => access.url ?? refuseUrl() },
    connection: { value: access.connection },
  }) as unknown as TestDatabase;
}

function refuseUrl(): never {
  const problem =
    'no URL leads to a database in a cluster: give db.connection to pg, or the option listen: true for a port of this machine';
  throw new PlinthError('OPTIONS_INVALID', { problems: [problem] });
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
