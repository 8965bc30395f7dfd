import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runCommand } from '../commands.js';
import { ClusterFailure } from '../failure.js';
import { getNodeLayout, type NodeLayout } from './layout.js';

/** Brings an archive into the running node of ours, where it lacks one of these images. */
export function loadInOwn(folder: string, path: string, names: readonly string[]): void {
  const ctr = findProgram('ctr');
  if (ctr === null) throw new ClusterFailure('There is no ctr, which comes with containerd.');
  importImages(getNodeLayout(folder), ctr, path, names);
}

/** The same, by the `ctr` that is given. */
export function importImages(node: NodeLayout, ctr: string, path: string, names: readonly string[]): void {
  const images = ['--address', node.containerdSocket, '--namespace', 'k8s.io', 'images'];
  const there = runCommand(ctr, [...images, 'list', '--quiet']).split('\n');
  if (names.every((name) => there.includes(name))) return;
  const isNative = readFileSync(join(node.root, 'containerd.toml'), 'utf8').includes('"native"');
  runCommand(ctr, [...images, 'import', ...(isNative ? ['--snapshotter', 'native'] : []), path]);
}
