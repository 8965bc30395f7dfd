import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runCommand } from '../commands.js';

/**
 * Debian's PgBouncer with its libraries, unpacked into the folder but not installed: that would start a server. Null,
 * and told, where it cannot be had.
 */
export function ensurePgbouncer(folder: string, tell: (line: string) => void): string | null {
  const unpacked = join(folder, 'pgbouncer');
  if (existsSync(unpacked)) return unpacked;
  if (findProgram('apt-get') === null) return null;
  const work = mkdtempSync(join(folder, 'work-'));
  try {
    download(work);
    const to = join(work, 'unpacked');
    mkdirSync(to);
    const packages = readdirSync(work).filter((name) => name.endsWith('.deb'));
    for (const name of packages) runCommand('dpkg', ['-x', join(work, name), to]);
    renameSync(to, unpacked);
    return unpacked;
  } catch (error) {
    tell(`There is no image of PgBouncer: ${(error as Error).message}`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function download(work: string): void {
  try {
    tryDownload(work);
  } catch {
    runCommand('apt-get', ['update', '-qq']);
    tryDownload(work);
  }
}

function tryDownload(work: string): void {
  const shown = runCommand('apt-cache', ['show', '--no-all-versions', 'pgbouncer']);
  const needed = /^Depends: (.*)$/m.exec(shown)?.[1] ?? '';
  const libraries = needed.split(/[,|] */).map((one) => one.trim().split(' ')[0]!);
  const names = ['pgbouncer', ...libraries.filter((name) => name.startsWith('lib'))];
  // As the user _apt it may not write into our folder; without, it says so for each file.
  runCommand('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', ...names], { cwd: work });
}
