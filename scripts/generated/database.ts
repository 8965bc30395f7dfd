import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { ROLES } from './state.js';

/** Gives work a session on an empty database, of which nothing is left afterwards. */
export type WithEmpty = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

/** A server for generated histories: empty databases, as many at a time as are asked for. */
export interface Databases {
  /** The server's URL, for observing. */
  readonly url: string;
  /** A database of its own, which is dropped afterwards. */
  readonly withOwn: WithEmpty;
  /** One transaction in a database that is kept, rolled back afterwards: several times as quick. */
  readonly withRolledBack: WithEmpty;
  close(): Promise<void>;
}

let count = 0;
// Nobody vacuums there, and what was rolled back stays in the catalogue.
const ROLLED_BACK_MOST = 200;

/** Opens the server at a URL that names its database `postgres`; makes the roles that histories speak of. */
export async function openDatabases(url: string): Promise<Databases> {
  const open = async (database: string): Promise<Session> => {
    const config = await resolveConnection({
      url: url.replace(/\/postgres(?=[?]|$)/, `/${database}`),
      env: {},
    });
    return openSession(config, { applicationName: 'generated', connectTimeoutMs: 30_000 });
  };
  const admin = await open('postgres');
  for (const role of ROLES) await admin.execute(`drop role if exists ${role}; create role ${role}`);
  const create = async (): Promise<string> => {
    const name = `generated_${process.pid}_${count++}`;
    // Copying files is the quickest where nothing is ever written for safety's sake; before version 15 there is no other way.
    const strategy = admin.serverVersion < 150_000 ? '' : ' strategy file_copy';
    await run(`create database ${name} template template0${strategy}`);
    return name;
  };
  // A session takes one statement after the other.
  let last: Promise<unknown> = Promise.resolve();
  const run = (sql: string): Promise<unknown> => {
    const next = last.then(() => admin.execute(sql));
    last = next.catch(() => undefined);
    return next;
  };
  const kept = createKept(async () => open(await create()));
  return {
    url,
    withOwn: async (work) => {
      const name = await create();
      const session = await open(name);
      try {
        return await work(session);
      } finally {
        await session.close();
        await run(`drop database ${name} with (force)`);
      }
    },
    withRolledBack: kept.withRolledBack,
    close: async () => {
      await kept.close();
      await admin.close();
    },
  };
}

function createKept(open: () => Promise<Session>): Pick<Databases, 'withRolledBack' | 'close'> {
  const idle: { readonly session: Session; uses: number }[] = [];
  return {
    withRolledBack: async (work) => {
      const one = idle.pop() ?? { session: await open(), uses: 0 };
      await one.session.execute('begin');
      try {
        return await work(withinTransaction(one.session));
      } finally {
        await one.session.execute('rollback');
        one.uses += 1;
        if (one.uses < ROLLED_BACK_MOST) idle.push(one);
        else await one.session.close();
      }
    },
    close: async () => {
      for (const { session } of idle) await session.close();
    },
  };
}

/** What would be a transaction of its own is part of the one that goes on. */
function withinTransaction(session: Session): Session {
  const translate = (sql: string): string =>
    sql
      .replace(/^begin\b[^;]*/, 'savepoint own')
      .replace(/\bcommit$/, 'release own')
      .replace(/^rollback$/, 'rollback to own');
  return { ...session, execute: (sql, rows) => session.execute(translate(sql), rows) };
}
