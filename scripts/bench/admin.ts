import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Row, type Session } from '../../src/postgres/session.js';

/** Makes and drops databases of a server, and looks into them. */
export interface Admin {
  /** A session that the caller closes. */
  open(database: string): Promise<Session>;
  /** A new database, empty or a copy; its name. */
  createDatabase(template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  query(database: string, sql: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Keeps one session on `postgres` until it is closed. */
export async function startAdmin(getUrl: (database: string) => string): Promise<Admin> {
  const open = async (database: string): Promise<Session> => {
    const config = await resolveConnection({ url: getUrl(database), env: {} });
    return await openSession(config, { applicationName: 'bench', connectTimeoutMs: 30_000 });
  };
  const session = await open('postgres');
  let count = 0;
  return {
    open,
    async createDatabase(template = 'template0') {
      count += 1;
      const name = `bench_${count}`;
      await session.execute(`create database ${name} template ${template}`);
      return name;
    },
    dropDatabase: async (name) =>
      void (await session.execute(`drop database if exists ${name} with (force)`)),
    async query(database, sql) {
      if (database === 'postgres') return await session.query(sql);
      const other = await open(database);
      try {
        return await other.query(sql);
      } finally {
        await other.close();
      }
    },
    close: () => session.close(),
  };
}
