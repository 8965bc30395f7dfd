import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getFreePort } from './server.js';

const PGBOUNCER = '/usr/sbin/pgbouncer';

/** Debian's package is installed. */
export const hasPgBouncer = existsSync(PGBOUNCER);

/** A PgBouncer in front of a server that trusts 127.0.0.1, as its user `postgres`. */
export interface PgBouncer {
  getUrl(database: string): string;
  stop(): Promise<void>;
}

/** Starts one; `settings` are lines of its [pgbouncer] section. */
export async function startPgBouncer(
  backendPort: number,
  settings: Readonly<Record<string, string | number>>,
): Promise<PgBouncer> {
  const dir = await mkdtemp(join(tmpdir(), 'plinth-pgbouncer-'));
  // It refuses to run as root.
  await chmod(dir, 0o777);
  const port = await getFreePort();
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    logfile: join(dir, 'log'),
    ...settings,
  };
  const file = join(dir, 'pgbouncer.ini');
  const backend = `* = host=127.0.0.1 port=${backendPort} user=postgres`;
  const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, ['[databases]', backend, '[pgbouncer]', ...text, ''].join('\n'), { mode: 0o644 });
  const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(PGBOUNCER, ['-q', file], { ...ids, cwd: dir, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  await waitForPgBouncer(port, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { getUrl: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`, stop };
}

async function waitForPgBouncer(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isUp) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`PgBouncer ended with ${child.exitCode}`);
}
