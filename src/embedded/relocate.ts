import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { EmbeddedFailure } from './failure.js';
import { createScratchFolder, getScratchBases } from './scratch-folder.js';

/** Copies the package once to where every user can run it; safe for several processes at once. */
export async function ensureCopy(home: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const user = process.getuid?.() ?? 0;
  const base = (await getScratchBases())[0]!;
  const copy = join(base, `plinth-postgres-${name.split('/')[1]}-${version}-${user}`);
  if (await isComplete(home, copy, user)) return copy;

  // Staged where the sweep finds it if we are killed meanwhile.
  const stage = await createScratchFolder(null);
  try {
    const fresh = join(stage, 'copy');
    await mkdir(fresh);
    await cp(join(home, 'native'), join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    await openToAll(fresh);
    // Complete before it is seen: another process may run it from then on.
    await ensureSymlinks(fresh);
    if (await isComplete(home, copy, user)) return copy;
    await rename(copy, join(stage, 'old')).catch(() => {});
    await rename(fresh, copy).catch(async (error: unknown) => {
      // Another process was faster.
      if (!(await isComplete(home, copy, user))) throw error;
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return copy;
}

// Whatever the umask was when npm, or we, made the files.
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await lstat(path)).mode | 0o444);
  }
}

// Cleaners of /tmp take single files that nobody read for days.
async function isComplete(home: string, copy: string, user: number): Promise<boolean> {
  const found = await lstat(copy).catch(() => null);
  if (found === null) return false;
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== user)) {
    throw new EmbeddedFailure(`${copy} belongs to another user; remove it`);
  }
  const [wanted, there] = await Promise.all([countFiles(home), countFiles(copy)]);
  return there >= wanted;
}

async function countFiles(home: string): Promise<number> {
  const entries = await readdir(join(home, 'native'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).length;
}

/**
 * Makes the symbolic links of the shared libraries where they are missing: npm packages hold none, and
 * their install script may not be allowed to run. Does nothing where the folder is read-only.
 */
export async function ensureSymlinks(home: string): Promise<void> {
  const listed = await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const path = join(home, target);
    if (await lstat(path).catch(() => null)) continue;
    // Another process may have made it meanwhile.
    await symlink(relative(dirname(target), source), path).catch(() => {});
  }
}
