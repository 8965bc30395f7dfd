import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from '../failure.js';

/** A hierarchy of control groups: the one of version 2, or those of version 1 with their controllers. */
interface Hierarchy {
  readonly path: string;
  readonly isUnified: boolean;
}

function readHierarchies(): readonly Hierarchy[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, path, type]) => ({ path: path!, isUnified: type === 'cgroup2' }));
}

/** Makes the group that the kubelet puts all pods in, with every controller that there is. */
export function ensureCgroup(name: string): void {
  const hierarchies = readHierarchies();
  if (hierarchies.length === 0)
    throw new ClusterFailure('No control groups are mounted below /sys/fs/cgroup.');
  for (const { path, isUnified } of hierarchies) {
    const group = join(path, name);
    if (isUnified) enableControllers(path);
    try {
      mkdirSync(group, { recursive: true });
    } catch (error) {
      const reason = (error as Error).message;
      throw new ClusterFailure(
        `Control groups cannot be made here (a container without privileges?): ${reason}`,
      );
    }
    if (isUnified) enableControllers(group);
    // Version 1 starts with none, and then takes no process.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (isUnified || !existsSync(join(group, file))) continue;
      writeFileSync(join(group, file), readFileSync(join(path, file), 'utf8'));
    }
  }
}

// One by one, so that a controller which cannot be had here takes no other with it.
function enableControllers(path: string): void {
  const controllers = readFileSync(join(path, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of controllers.filter((one) => one !== '')) {
    try {
      writeFileSync(join(path, 'cgroup.subtree_control'), `+${controller}`);
    } catch {}
  }
}

/** Where groups of the name are left. */
export function findCgroups(name: string): readonly string[] {
  return readHierarchies()
    .map(({ path }) => join(path, name))
    .filter((path) => existsSync(path));
}

/** Removes the groups with all below them; processes that are just ending get some seconds. */
export async function removeCgroup(name: string): Promise<void> {
  for (let tries = 0; tries < 200 && findCgroups(name).length > 0; tries++) {
    if (tries > 0) await sleep(50);
    for (const path of findCgroups(name)) removeTree(path);
  }
}

function removeTree(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    }
    rmdirSync(path);
  } catch {
    // In use, or removed by the kernel meanwhile: tried again.
  }
}
