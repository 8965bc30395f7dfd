import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedFailure } from './failure.js';
import { runProgram } from './program.js';
import { isReachable } from './run-as.js';

/** Our settings, in a file of their own that `postgresql.conf` includes. */
const SETTINGS_FILE = 'plinth.conf';
const SUPERUSER = 'postgres';

// Whoever may open the socket's folder, or a port of this machine.
const HBA = ['local all all trust', 'host all all 127.0.0.1/32 trust', ''].join('\n');

/** Makes a data directory, with the superuser `postgres`. */
export async function createDataDir(
  binaries: Binaries,
  dataDir: string,
  signal?: AbortSignal,
): Promise<void> {
  const { code, output } = await runProgram(
    binaries.initdb,
    [
      `--pgdata=${dataDir}`,
      `--username=${SUPERUSER}`,
      '--auth=trust',
      '--encoding=UTF8',
      // The same on every platform; macOS has no C.UTF-8 of its own.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    binaries.runAs,
    signal,
  );
  if (code !== 0) throw new EmbeddedFailure(`initdb failed: ${getFailureLines(output)}`);
  await writeFile(join(dataDir, 'pg_hba.conf'), HBA);
}

/** Makes a data directory that stays, unless it is there; another process may be doing the same. */
export async function ensureDataDir(
  binaries: Binaries,
  dataDir: string,
  signal?: AbortSignal,
): Promise<void> {
  if (await readDataVersion(dataDir, binaries)) return;
  const parent = dirname(dataDir);
  await mkdir(parent, { recursive: true });
  if (!(await isReachable(parent, binaries.runAs))) {
    const user = binaries.runAs?.name;
    throw new EmbeddedFailure(
      `the user ${user}, as whom PostgreSQL runs for root, may not enter ${parent}; choose another folder`,
    );
  }
  // Half of a data directory must never be taken for a whole one.
  const stage = `${dataDir}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(stage, { mode: 0o700 });
  try {
    if (binaries.runAs !== null) await chown(stage, binaries.runAs.uid, binaries.runAs.gid);
    await createDataDir(binaries, stage, signal);
    await rmdir(dataDir).catch(() => {});
    await rename(stage, dataDir).catch(async (error: unknown) => {
      if (!(await readDataVersion(dataDir, binaries))) throw error;
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The major version of a data directory; null where there is none yet. Refuses a folder that holds anything else. */
export async function readDataVersion(dataDir: string, binaries: Binaries): Promise<string | null> {
  const found = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => null);
  const major = binaries.version.split('.')[0]!;
  if (found !== null && found.trim() !== major) {
    throw new EmbeddedFailure(`${dataDir} was made by PostgreSQL ${found.trim()}, and this is ${major}`);
  }
  if (found !== null) return found.trim();
  const files = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new EmbeddedFailure(`${dataDir} cannot be read: ${error.message}`);
  });
  if (files.length > 0) throw new EmbeddedFailure(`${dataDir} holds files, but no PostgreSQL data directory`);
  return null;
}

/** Writes the settings that the next start takes. */
export async function writeSettings(
  dataDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z_][a-z0-9_.]*$/i.test(name)) throw new EmbeddedFailure(`${name} is no name of a setting`);
    return `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'\n`;
  });
  await writeFile(join(dataDir, SETTINGS_FILE), lines.join(''));
  const main = join(dataDir, 'postgresql.conf');
  const include = `include_if_exists = '${SETTINGS_FILE}'`;
  if (!(await readFile(main, 'utf8')).includes(include)) await appendFile(main, `\n${include}\n`);
}

/** The port of the last start, so that the URL of a database stays the same; null where there is none. */
export async function readLastPort(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, SETTINGS_FILE), 'utf8').catch(() => '');
  const port = /^port = '(\d+)'$/m.exec(text)?.[1];
  return port === undefined ? null : Number(port);
}

const NOISE = /^LOG: {2}(starting|listening|database system)|^pg_ctl: |\.\.\. ok$|^$/;

/** What a program's output or a server's log says about its failure, in one line. */
export function getFailureLines(output: string): string {
  const lines = output
    .split('\n')
    // The default log_line_prefix: time and process.
    .map((line) => line.replace(/^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] /, '').trim())
    .filter((line) => !NOISE.test(line));
  return lines.slice(-5).join('; ');
}
