import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { getReason } from './failure.js';
import type { RunAs } from './run-as.js';

/** How a program ended; `code` is null where it could not be started or was killed. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of PostgreSQL's programs to its end; never rejects. */
export function runProgram(
  file: string,
  args: readonly string[],
  runAs: RunAs | null,
  signal?: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = '';
    const finish = (code: number | null, more = ''): void =>
      resolve({ code, output: (output + more).trim() });
    try {
      const child = spawn(file, args, {
        // The user that it runs as may not be able to reach our own working directory.
        cwd: process.platform === 'win32' ? tmpdir() : '/',
        env: getEnvironment(),
        // A session of its own: the terminal's Ctrl-C is ours to act on.
        detached: process.platform !== 'win32',
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid }),
        ...(signal === undefined ? {} : { signal }),
      });
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', (error) => finish(null, error.message));
      // Not `close`: on Windows the server inherits the pipes and would keep them open.
      child.once('exit', (code) => setImmediate(finish, code));
    } catch (error) {
      finish(null, getReason(error));
    }
  });
}

// PGPORT, PGDATA, PGOPTIONS and the like are meant for another server.
function getEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
