import { createReadStream, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PasswordFor } from 'pgpass/lib/helper.js';

/**
 * Reads the password for a connection from PGPASSFILE or ~/.pgpass; null where there is no line for it. A file that
 * others may read is not used, as libpq does, and is told of in `problem`.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function readPasswordFile(
  connection: PasswordFor,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly password: string | null; readonly problem: string | null }> {
  const file = getFileName(env);
  const stats = getStat(file);
  if (!stats?.isFile()) return { password: null, problem: null };
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    return { password: null, problem: `others may read ${file}, so it is not used: chmod 600 ${file}` };
  }
  // Loaded where there is a file to be read.
  const { default: helper } = await import('pgpass/lib/helper.js');
  const password = await new Promise<string | undefined>((resolve) => {
    helper.getPassword(connection, createReadStream(file), resolve);
  });
  return { password: password ?? null, problem: null };
}

function getFileName(env: Readonly<Record<string, string | undefined>>): string {
  if (env['PGPASSFILE']) return env['PGPASSFILE'];
  return process.platform === 'win32'
    ? join(env['APPDATA'] || './', 'postgresql', 'pgpass.conf')
    : join(env['HOME'] || './', '.pgpass');
}

function getStat(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
