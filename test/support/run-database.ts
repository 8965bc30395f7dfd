import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Picture, readPicture } from '../../scripts/histories/fingerprint.js';
import { startEmbedded } from '../../src/embedded/server.js';
import { resolveConnection } from '../../src/postgres/connection.js';
import { openSession, type Row, type Session } from '../../src/postgres/session.js';
import { SHOP_ROLE } from './shop-history.js';

/** The shop's folder. */
export const SHOP = join(import.meta.dirname, '../fixtures/run/shop');

/** An embedded server for a test file, with the role that the shop's grants name, and a folder beside it. */
export interface RunServer {
  /** A temporary folder: caches, histories. */
  readonly dir: string;
  readonly cacheDir: string;
  /** The server's log. */
  readonly log: string;
  readonly port: number;
  getUrl(database?: string): string;
  /** A new empty database's URL. */
  createDatabase(): Promise<string>;
  query(url: string, sql: string): Promise<readonly Row[]>;
  readPicture(url: string): Promise<Picture>;
  /** Writes a folder of files. */
  createFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it; `port` also lets it listen on 127.0.0.1. */
export async function startRunServer(
  settings: Readonly<Record<string, string>> = {},
  port?: number,
): Promise<RunServer> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-run-'));
  const server = await startEmbedded({
    settings: { max_connections: '60', ...settings },
    ...(port === undefined ? {} : { port }),
  });
  const socket = `postgresql://postgres@localhost:${server.port}`;
  const getUrl = (database = 'postgres'): string =>
    `${socket}/${database}?host=${encodeURIComponent(server.socketDir)}`;
  const withSession = async <T>(url: string, work: (session: Session) => Promise<T>): Promise<T> => {
    const config = await resolveConnection({ url, env: {} });
    const session = await openSession(config, { applicationName: 'test', connectTimeoutMs: 10_000 });
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const query: RunServer['query'] = (url, sql) =>
    withSession(url, async (session) => (await session.execute(sql)).at(-1)?.rows ?? []);
  let databases = 0;
  await query(getUrl(), `create role ${SHOP_ROLE}`);
  return {
    dir,
    cacheDir: join(dir, 'cache'),
    log: join(dirname(server.dataDir), 'log'),
    port: server.port,
    getUrl,
    query,
    async createDatabase() {
      databases += 1;
      await query(getUrl(), `create database run_${databases} template template0`);
      return getUrl(`run_${databases}`);
    },
    readPicture: (url) => withSession(url, readPicture),
    async createFolder(files) {
      const folder = await mkdtemp(join(dir, 'folder-'));
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      return folder;
    },
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A goose migration with these statements. */
export function renderGoose(...statements: readonly string[]): string {
  return `-- +goose Up\n${statements.join('\n')}\n`;
}
