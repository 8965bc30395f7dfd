import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Session } from '../../src/postgres/session.js';
import { ROLES } from './state.js';

/** A server for generated histories: empty databases, one after the other. */
export interface Databases {
  /** The server's URL, for observing. */
  readonly url: string;
  /** Gives work a session on an empty database, which is dropped afterwards. */
  withEmpty<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

let count = 0;

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
  return {
    url,
    withEmpty: async (work) => {
      const name = `generated_${process.pid}_${count++}`;
      // Copying files is the quickest where nothing is ever written for safety's sake; before version 15 there is no other way.
      const strategy = admin.serverVersion < 150_000 ? '' : ' strategy file_copy';
      await admin.execute(`create database ${name} template template0${strategy}`);
      const session = await open(name);
      try {
        return await work(session);
      } finally {
        await session.close();
        await admin.execute(`drop database ${name} with (force)`);
      }
    },
    close: () => admin.close(),
  };
}
