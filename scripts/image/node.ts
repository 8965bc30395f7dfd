import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from './archive.js';
import { copyLibraries } from './libraries.js';

/** The user of images that run on Node: nobody else's, and not root. */
export const USER = '65532:65532';

/** What every image that runs on Node begins with: this machine's Node, the libraries that it is linked with, a user, and no shell. */
export const NODE_LAYER: Layer = {
  name: 'node',
  fill(to) {
    for (const folder of ['etc', 'tmp', 'usr/local/bin', 'opt']) {
      mkdirSync(join(to, folder), { recursive: true, mode: 0o755 });
    }
    chmodSync(join(to, 'tmp'), 0o1777);
    writeFileSync(join(to, 'etc/passwd'), 'root:x:0:0::/root:/none\nplinth:x:65532:65532::/tmp:/none\n');
    writeFileSync(join(to, 'etc/group'), 'root:x:0:\nplinth:x:65532:\n');
    // musl and glibc both look there for names of hosts.
    writeFileSync(join(to, 'etc/nsswitch.conf'), 'hosts: files dns\n');
    copyFileSync(process.execPath, join(to, 'usr/local/bin/node'));
    chmodSync(join(to, 'usr/local/bin/node'), 0o755);
    copyLibraries(to, { programs: [process.execPath] });
  },
};

/** How an image runs a file of its own with Node; only /tmp needs to be writable, and that only for what is kept. */
export function getNodeConfig(file: string): Readonly<Record<string, unknown>> {
  return {
    User: USER,
    WorkingDir: '/opt',
    Env: ['PATH=/usr/local/bin', 'HOME=/tmp', 'XDG_CACHE_HOME=/tmp/cache', 'NODE_ENV=production'],
    Entrypoint: ['/usr/local/bin/node', file],
  };
}
