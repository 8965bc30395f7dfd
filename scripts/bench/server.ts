import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '../../src/embedded/launch.js';
import { startEmbedded } from '../../src/embedded/server.js';
import { findSystemBinaries, startSystemServer } from '../histories/system-server.js';
import { type Admin, startAdmin } from './admin.js';

/** The PostgreSQL that all are measured on. */
export interface BenchServer extends Omit<Admin, 'close'> {
  readonly version: string;
  readonly origin: 'system' | 'embedded';
  readonly settings: readonly string[];
  readonly port: number;
  /** Where the programs beside the server are, psql among them; null for the embedded one. */
  readonly bin: string | null;
  /** By TCP, for any driver. */
  getUrl(database: string): string;
  /** The process all others of the server come from. */
  readPid(): number;
  stop(): Promise<void>;
}

// Nothing that comes by itself in the middle of a measure.
export const SETTINGS: readonly string[] = [
  ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_locks_per_transaction=512'],
  ...['max_connections=200', 'autovacuum=off', 'checkpoint_timeout=1h', 'max_wal_size=8GB'],
];

/** Starts the system's PostgreSQL where there is one, else the embedded one, with the same settings. */
export async function startBenchServer(wanted?: 'system' | 'embedded'): Promise<BenchServer> {
  const bin = wanted === 'embedded' ? null : findSystemBinaries();
  if (bin === null && wanted === 'system') throw new Error('There is no PostgreSQL of the system here.');
  const port = (await findFreePort(0))!;
  const started = bin === null ? await startOwn(port) : startSystem(bin, port);
  const getUrl = (database: string): string =>
    `postgresql://postgres@127.0.0.1:${port}/${database}?sslmode=disable`;
  const admin = await startAdmin(getUrl);
  return {
    ...started,
    ...admin,
    settings: SETTINGS,
    port,
    bin,
    getUrl,
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
    version: server.version.replace(/^postgres \(PostgreSQL\)/, 'PostgreSQL'),
    origin: 'system',
    readPid: () => readPostmasterPid(server.data),
    stop: async () => server.stop(),
  };
}

async function startOwn(port: number): Promise<Started> {
  const settings = Object.fromEntries(SETTINGS.map((setting) => setting.split('=') as [string, string]));
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
