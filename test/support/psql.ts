import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionConfig } from '../../src/postgres/config.js';

const ROOT = '/usr/lib/postgresql';

/** Debian's psql and its siblings, the newest; null where none is installed. */
export function findClients(): string | null {
  const versions = existsSync(ROOT) ? readdirSync(ROOT).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.find((version) => existsSync(join(ROOT, version, 'bin/psql')));
  return found === undefined ? null : join(ROOT, found, 'bin');
}

/** Runs one of the clients on a database; throws with what it said where it fails. */
export function runClient(
  name: 'psql' | 'pg_dump',
  config: ConnectionConfig,
  args: readonly string[],
  cwd?: string,
): string {
  const { host, port, user, database, password } = config;
  const connect = ['-h', String(host), '-p', String(port), '-U', user, '-d', database];
  const { status, stdout, stderr } = spawnSync(join(findClients()!, name), [...connect, ...args], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, PGPASSWORD: password ?? '', LC_ALL: 'C' },
  });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
