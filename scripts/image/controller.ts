import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Image } from './archive.js';
import { getNodeConfig, NODE_LAYER } from './node.js';

const SOURCES = 'examples/remediation-orchestrator/src';
const FILE = '/opt/remediation-orchestrator/main.mjs';

/** The image of the example's controller: one file, and Node. */
export function getControllerImage(root: string, name: string): Image {
  return {
    name,
    layers: [NODE_LAYER, { name: 'controller', fill: (to) => fillController(root, to) }],
    config: getNodeConfig(FILE),
  };
}

/** What its content rests on, in twelve characters. */
export function getControllerTag(root: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  const folder = join(root, SOURCES);
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  for (const name of ['scripts/image/controller.ts', 'scripts/image/node.ts', 'package-lock.json'])
    hash.update(readFileSync(join(root, name)));
  return hash.digest('hex').slice(0, 12);
}

function fillController(root: string, to: string): void {
  mkdirSync(join(to, FILE, '..'), { recursive: true, mode: 0o755 });
  buildSync({
    absWorkingDir: root,
    entryPoints: [join(SOURCES, 'main.ts')],
    outfile: join(to, FILE),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    external: ['pg-native'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
}
