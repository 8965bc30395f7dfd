import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from '../../src/embedded/server.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Row, type Session } from '../../src/postgres/session.js';
import { getFreePort } from '../../test/support/server.js';
import { findSystemBinaries, startSystemServer } from '../histories/system-server.js';

/** The PostgreSQL that all are measured on. */
export interface BenchServer {
  readonly version: string;
  readonly origin: 'system' | 'embedded';
  readonly settings: readonly string[];
  readonly port: number;
  /** Where the programs beside the server are, psql among them; null for the embedded one. */
  readonly bin: string | null;
  /** By TCP, for any driver. */
  getUrl(database: string): string;
  /** A new database, empty or a copy; its name. */
  createDatabase(template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** A session that the caller closes. */
  open(database: string): Promise<Session>;
  query(database: string, sql: string): Promise<readonly Row[]>;
  /** The process all others of the server come from. */
  readPid(): number;
  stop(): Promise<void>;
}

// Nothing that comes by itself in the middle of a measure.
const SETTINGS = ['max_connections=200', 'autovacuum=off', 'checkpoint_timeout=1h', 'max_wal_size=8GB'];
const ALWAYS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_locks_per_transaction=512',
];

/** Starts the system's PostgreSQL where there is one, else the embedded one, with the same settings. */
export async function startBenchServer(wanted?: 'system' | 'embedded'): Promise<BenchServer> {
  const bin = wanted === 'embedded' ? null : findSystemBinaries();
  if (bin === null && wanted === 'system') throw new Error('There is no PostgreSQL of the system here.');
  const port = await getFreePort();
  const started = bin === null ? await startOwn(port) : startSystem(bin, port);
  const getUrl = (database: string): string =>
    `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
  const admin = await open(getUrl('postgres'));
  let count = 0;
  return {
    ...started,
    settings: [...ALWAYS, ...SETTINGS],
    port,
    bin,
    getUrl,
    async createDatabase(template = 'template0') {
      count += 1;
      const name = `bench_${count}`;
      await admin.execute(`create database ${name} template ${template}`);
      return name;
    },
    dropDatabase: async (name) => void (await admin.execute(`drop database if exists ${name} with (force)`)),
    open: (database) => open(getUrl(database)),
    async query(database, sql) {
      if (database === 'postgres') return await admin.query(sql);
      const session = await open(getUrl(database));
      try {
        return await session.query(sql);
      } finally {
        await session.close();
      }
    },
    async stop() {
      await admin.close().catch(() => {});
      await started.stop();
    },
  };
}

type Started = Pick<BenchServer, 'version' | 'origin' | 'readPid' | 'stop'>;

function startSystem(bin: string, port: number): Started {
  const server = startSystemServer(bin, { port, settings: SETTINGS });
  return {
    version: server.version.replace(/^postgres /, ''),
    origin: 'system',
    readPid: () => readPostmasterPid(server.data),
    stop: async () => server.stop(),
  };
}

async function startOwn(port: number): Promise<Started> {
  const settings = Object.fromEntries(
    [...ALWAYS, ...SETTINGS].map((setting) => setting.split('=') as [string, string]),
  );
  const server = await startEmbedded({ settings, port });
  return {
    version: `PostgreSQL ${server.version} (embedded)`,
    origin: 'embedded',
    readPid: () => readPostmasterPid(server.dataDir),
    stop: () => server.stop(),
  };
}

const readPostmasterPid = (data: string): number =>
  Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);

async function open(url: string): Promise<Session> {
  const config = await resolveConnection({ url, env: {} });
  return await openSession(config, { applicationName: 'bench', connectTimeoutMs: 30_000 });
}
