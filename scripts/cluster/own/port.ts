import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeWhole } from '../folder.js';

/** The port of this machine where the API server is reached: the one that it had last time where that is free. */
export async function ensurePort(folder: string): Promise<number> {
  const last = readPort(folder);
  const port = (last === null ? null : await tryPort(last)) ?? (await tryPort(0))!;
  writeWhole(join(folder, 'port'), `${port}\n`);
  return port;
}

/** Null where there never was a node. */
export function readPort(folder: string): number | null {
  const path = join(folder, 'port');
  const port = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}

/** Null where it is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null));
    });
  });
}
