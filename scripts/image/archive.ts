import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../cluster/commands.js';

/** An image: what its layers, from the lowest on, put into the file system, and how it runs. */
export interface Image {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Layer {
  readonly name: string;
  fill(to: string): void;
}

interface PackedLayer {
  readonly file: string;
  readonly digest: string;
}

// The same files give the same bytes: https://reproducible-builds.org/docs/archives/
const REPRODUCIBLE = ['--sort=name', '--mtime=@0', '--numeric-owner', '--owner=0', '--group=0'];

/**
 * Writes an archive as `docker save` does (https://github.com/moby/docker-image-spec); all of it or nothing. What goes into it
 * is the same, byte for byte, where the layers are.
 */
export function writeImageArchive(path: string, images: readonly Image[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const work = mkdtempSync(join(dirname(path), 'work-'));
  try {
    const packed = new Map<Layer, PackedLayer>();
    for (const layer of new Set(images.flatMap(({ layers }) => layers)))
      packed.set(layer, packLayer(work, layer));
    const manifest = images.map((image) => writeImage(work, image, packed));
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    const files = [...manifest.flatMap(({ Config, Layers }) => [Config, ...Layers]), 'manifest.json'];
    setModes(work);
    runCommand('tar', ['-C', work, ...REPRODUCIBLE, '-cf', `${path}.new`, ...new Set(files)]);
    renameSync(`${path}.new`, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function packLayer(work: string, { name, fill }: Layer): PackedLayer {
  const to = join(work, name);
  mkdirSync(to, { mode: 0o755 });
  fill(to);
  setModes(to);
  const file = `${name}.tar`;
  runCommand('tar', ['-C', to, ...REPRODUCIBLE, '-cf', join(work, file), '.']);
  const digest = createHash('sha256')
    .update(readFileSync(join(work, file)))
    .digest('hex');
  return { file, digest: `sha256:${digest}` };
}

// Whoever runs it must be able to read it, and the bytes must be the same, whatever the umask is here and was for npm and git.
function setModes(folder: string): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  for (const path of [folder, ...paths]) {
    const found = lstatSync(path);
    const isShared = (found.mode & 0o1000) !== 0;
    if (!found.isSymbolicLink() && !isShared) chmodSync(path, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function writeImage(
  work: string,
  { name, layers, config }: Image,
  packed: ReadonlyMap<Layer, PackedLayer>,
): { Config: string; RepoTags: string[]; Layers: string[] } {
  const own = layers.map((layer) => packed.get(layer)!);
  const text = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: own.map(({ digest }) => digest) },
  });
  const file = `${createHash('sha256').update(text).digest('hex')}.json`;
  writeFileSync(join(work, file), text);
  return { Config: file, RepoTags: [name], Layers: own.map((layer) => layer.file) };
}
