import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/index.js';
import type { Finding } from '../../src/model/finding.js';
import type { ConnectionConfig } from '../../src/postgres/config.js';
import type { TestingOptions } from '../../src/testing/index.js';
import { renderGoose } from '../support/run-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

export const CUSTOMERS = 'CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);';
export const ORDERS = 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);';
const OTHER = 'CREATE TABLE other (id int);';

/** A server, a history of three tables of which `orders` needs two, and what a test asks for. */
export interface Bench {
  readonly server: TestServer;
  readonly dir: string;
  readonly options: TestingOptions;
  getUrl(user?: string, password?: string): string;
  /** A folder with one goose migration of these statements. */
  createFolder(...statements: readonly string[]): Promise<string>;
  readDatabases(like?: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function createBench(
  settings: Readonly<Record<string, string>> = {},
  bin?: string,
): Promise<Bench> {
  const server = await startTestServer(settings, bin);
  const dir = await mkdtemp(join(tmpdir(), 'plinth-testing-'));
  const createFolder: Bench['createFolder'] = async (...statements) => {
    const folder = await mkdtemp(join(dir, 'm-'));
    await writeFile(join(folder, '001_all.sql'), renderGoose(...statements));
    return folder;
  };
  const getUrl = (user = 'postgres', password = server.config.password!): string =>
    `postgresql://${user}:${password}@127.0.0.1:${server.config.port}/postgres?sslmode=disable`;
  return {
    server,
    dir,
    options: {
      migrations: await createFolder(CUSTOMERS, ORDERS, OTHER),
      tables: ['orders'],
      url: getUrl(),
      cacheDir: join(dir, 'cache'),
      verify: false,
    },
    getUrl,
    createFolder,
    readDatabases: (like = 'plinth\\_%') =>
      query(server, `select datname from pg_database where datname like '${like}' order by oid`),
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The first column. */
export async function query(
  server: TestServer,
  sql: string,
  config?: ConnectionConfig,
): Promise<readonly string[]> {
  const session = await server.open(config);
  try {
    return (await session.query(sql)).map((row) => String(Object.values(row)[0]));
  } finally {
    await session.close();
  }
}

/** Ends once a condition holds, and tells the last that was seen where it does not for a minute. */
export async function waitUntil<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (Date.now() > until) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Gathers findings. */
export function createListener(): { readonly found: Finding[]; readonly onEvent: (event: RunEvent) => void } {
  const found: Finding[] = [];
  return { found, onEvent: (event) => event.type === 'finding' && found.push(event.finding) };
}
