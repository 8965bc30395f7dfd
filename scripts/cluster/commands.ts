import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ClusterFailure } from './failure.js';

// Where the programs of administrators lie; an ordinary user's PATH may lack them.
const MORE = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of a program; null where there is none. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...MORE];
  for (const folder of folders.filter((one) => one !== '')) {
    const path = join(folder, name);
    if (existsSync(path) && isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 15 minutes. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end, and returns what it wrote; a failure has the last lines of it. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): string {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: options.timeoutMs ?? 15 * 60_000,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (status === 0) return stdout;
  const how = error?.message ?? (signal === null ? `ended with ${status}` : `was ended by ${signal}`);
  const said = `${stderr ?? ''}${stdout ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new ClusterFailure(`${[command, ...args].join(' ')}: ${how}\n${said}`.trim());
}

/** Runs a program that may take minutes, with what it writes on stderr of ours. */
export function runLongCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return new Promise((resolve, reject) => {
    const name = [command, ...args.slice(0, 2)].join(' ');
    child.once('error', (error) => reject(new ClusterFailure(`${name}: ${error.message}`)));
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new ClusterFailure(`${name} ended with ${code ?? signal}; see above`)),
    );
  });
}
