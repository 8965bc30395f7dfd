import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPeer, type MigrationPeerName, PEERS } from '../../scripts/peers/peers.js';

const run = promisify(execFile);

/** Lets the real tool apply what the database lacks of a folder; gives what it said. */
export type Migrate = (url: string, folder: string) => Promise<string>;

/** Null, and a line that says how to get it, where the tool is not installed. */
export function findMigrate(name: MigrationPeerName): Migrate | null {
  const peer = PEERS[name];
  const file = findPeer(peer);
  if (file === null) {
    console.warn(
      `${name} ${peer.version} is not installed, its tests are left out: npm run peers -- ${name}`,
    );
    return null;
  }
  return async (url, folder) => {
    const { program, args, env } = peer.getMigrate(file, { url, folder });
    const { stdout, stderr } = await run(program, [...args], {
      env: { ...process.env, ...env },
      cwd: folder,
    });
    return `${stdout}${stderr}`;
  };
}
