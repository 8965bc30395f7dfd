import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The unprivileged user that PostgreSQL runs as where we are root. */
export interface RunAs {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user `postgres`, else `nobody`, where we are root (PostgreSQL refuses to run as root); else null. */
export async function getRunAs(): Promise<RunAs | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = passwd.split('\n').map((line) => line.split(':'));
  const found =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? null;
  if (found === null) return { name: 'nobody', uid: 65534, gid: 65534 };
  return { name: found[0]!, uid: Number(found[2]), gid: Number(found[3]) };
}

/** True where `user` may walk down to `path`; always true where no user is changed to. */
export async function isReachable(path: string, user: RunAs | null): Promise<boolean> {
  if (user === null) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
