import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A PostgreSQL of the system's own packages, which have psql and pg_dump beside the server. */
export interface SystemServer {
  readonly version: string;
  readonly data: string;
  getUrl(database: string): string;
  runPsql(
    database: string,
    args: readonly string[],
    input?: string,
  ): Promise<{ code: number; stderr: string }>;
  dumpSchema(database: string): Promise<string>;
  stop(): void;
}

/** The newest of Debian's packages; null where there is none. */
export function findSystemBinaries(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.find((version) => existsSync(join(root, version, 'bin', 'pg_dump')));
  return found === undefined ? null : join(root, found, 'bin');
}

/** Starts one in a temporary folder, on a unix socket, and where a port is named on 127.0.0.1, too; `stop` removes it. */
export function startSystemServer(
  binaries: string,
  { port, settings: more = [] }: { readonly port?: number; readonly settings?: readonly string[] } = {},
): SystemServer {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-system-'));
  chmodSync(dir, 0o777);
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const as = (command: string, args: readonly string[]): readonly [string, string[]] =>
    isRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
      : [command, [...args]];
  const run = (name: string, args: readonly string[]): string => {
    const [command, all] = as(join(binaries, name), args);
    return execFileSync(command, all, { encoding: 'utf8', cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const data = join(dir, 'data');
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']);
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_locks_per_transaction=512',
    'timezone=UTC',
    ...(port === undefined ? ["listen_addresses=''"] : ['listen_addresses=127.0.0.1', `port=${port}`]),
    ...more,
  ];
  const options = [`-k ${dir}`, ...settings.map((s) => `-c ${s}`)].join(' ');
  run('pg_ctl', ['-D', data, '-w', '-l', join(dir, 'log'), '-o', options, 'start']);
  const connect = (database: string): string[] => [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...['-h', dir, '-U', 'postgres', '-d', database],
  ];
  return {
    version: run('postgres', ['--version']).trim(),
    data,
    getUrl: (database) =>
      `postgresql://postgres@localhost:${port ?? 5432}/${database}?host=${encodeURIComponent(dir)}`,
    runPsql: async (database, args, input) => {
      const { status, stderr } = spawnSync(
        join(binaries, 'psql'),
        ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...connect(database), ...args],
        {
          input: input ?? '',
          encoding: 'utf8',
        },
      );
      return { code: status ?? 1, stderr };
    },
    dumpSchema: async (database) => {
      const args = ['-s', '--no-owner', '-N', 'plinth', ...connect(database)];
      const { stdout } = await promisify(execFile)(join(binaries, 'pg_dump'), args, { maxBuffer: 1 << 28 });
      // Newer versions put a random key into each dump.
      return stdout.replace(/^\\(un)?restrict .*$/gm, '');
    },
    stop: () => {
      try {
        run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
}
