import { PlinthError } from '../errors.js';
import { type ApplyOptions, apply } from '../index.js';
import type { QueryResult, Session } from '../postgres/session.js';
import type { Base } from './base.js';
import { createSingle } from './single.js';
import type { TestDatabase } from './test-database.js';

const prepared = new WeakMap<Base, Promise<unknown>>();
const NOTHING: QueryResult = { command: '', rows: [], rowCount: null };

/**
 * A transaction of a test's own in the database that the target names, into which the tables were brought before. It is rolled
 * back in the end, and transactions inside of it are savepoints.
 *
 * @throws PlinthError: whatever `apply` throws.
 */
export async function createTransaction(base: Base): Promise<TestDatabase> {
  const { context, given, options, owner, server } = base;
  if (!prepared.has(base)) {
    const target = server.getApplyTarget(server.ownDatabase);
    const applying = apply({ ...given, ...target } as ApplyOptions, context);
    prepared.set(base, applying);
    applying.catch(() => prepared.delete(base));
  }
  await prepared.get(base);
  const name = server.ownDatabase;
  const applicationName = `${owner.applicationName}/query`;
  let begun: string | null = null;
  const open = async (): Promise<Session> => {
    const session = await server.open(name, { applicationName, timeoutMs: options.timeout });
    if (begun !== null) {
      await session.close();
      throw createEnded(name);
    }
    await session.execute('begin');
    begun = await readTransaction(session);
    return session;
  };
  const own = createSingle(open, { attempts: 1 });
  await own.use(() => Promise.resolve());
  let depth = 0;
  let disposing: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    const isSame = await own.use(async (session) => {
      // In a transaction that failed nothing can be asked for.
      const now = await readTransaction(session).catch(() => begun);
      await session.execute('rollback');
      return now === begun;
    });
    await own.close();
    if (!isSame) throw createEnded(name);
  };
  const dispose = (): Promise<void> => {
    disposing ??= end();
    return disposing;
  };
  const run = async (session: Session, sql: string, values?: readonly unknown[]): Promise<QueryResult> => {
    const control = values === undefined || values.length === 0 ? CONTROL.exec(sql) : null;
    const word = control?.[1]?.toLowerCase();
    if (word === undefined) return await session.run(sql, values);
    if (word === 'begin' || word.startsWith('start')) {
      depth += 1;
      return await session.run(`savepoint plinth_${depth}`);
    }
    // As PostgreSQL, which only warns.
    if (depth === 0) return NOTHING;
    const savepoint = `plinth_${depth}`;
    depth -= 1;
    if (word === 'commit' || word === 'end') return await session.run(`release savepoint ${savepoint}`);
    return await session.run(`rollback to savepoint ${savepoint}; release savepoint ${savepoint}`);
  };
  const transaction = {
    isolation: 'transaction' as const,
    name,
    psql: null,
    query: (sql: string, values?: readonly unknown[]) => own.use((session) => run(session, sql, values)),
    keep: () => {},
    dispose,
    [Symbol.asyncDispose]: () => dispose(),
  };
  const refuse = (): never => {
    const problem =
      'with isolation transaction only db.query leads into it: give db to what takes a client of pg';
    throw new PlinthError('OPTIONS_INVALID', { problems: [problem] });
  };
  return Object.defineProperties(transaction, {
    url: { get: refuse },
    connection: { get: refuse },
  }) as unknown as TestDatabase;
}

const CONTROL =
  /^\s*(begin|start\s+transaction|commit|end|rollback|abort)(?:\s+(?:work|transaction|isolation\s+level\s+[\w\s]+|read\s+(?:only|write)))*\s*;?\s*$/i;

async function readTransaction(session: Session): Promise<string> {
  const [row] = await session.query('select pg_catalog.txid_current()::text as id');
  return String(row?.['id']);
}

function createEnded(target: string): PlinthError {
  return new PlinthError('TEST_TRANSACTION_ENDED', { target });
}
