import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from '../failure.js';
import { removeCgroup } from './cgroups.js';
import type { NodeLayout } from './layout.js';

/** A process of the node, as its first process tells it. */
export interface RunningProcess {
  readonly name: string;
  /** On this machine; null where it is not running just now. */
  readonly pid: number | null;
  readonly restarts: number;
  /** How it ended last; null where it never did. */
  readonly ended: string | null;
}

/**
 * The node's first process, by its command line, so that no file can tell a wrong one after a crash or a reboot;
 * null where the node does not run.
 */
export function findNode(node: NodeLayout): number | null {
  for (const pid of readProcessIds()) {
    const [, command, config] = readProc(pid, 'cmdline').split('\0');
    if (command === 'node' && config === node.config) return pid;
  }
  return null;
}

/** What the node keeps running; all without an id where it does not run. */
export function readProcesses(node: NodeLayout): readonly RunningProcess[] {
  const path = join(node.root, 'processes.json');
  if (!existsSync(path)) return [];
  const told = JSON.parse(readFileSync(path, 'utf8')) as {
    name: string;
    pid: number;
    restarts: number;
    ended?: string;
  }[];
  const pids = readInnerIds(findNode(node));
  return told.map(({ name, pid, restarts, ended }) => ({
    name,
    pid: pids.get(pid) ?? null,
    restarts,
    ended: ended ?? null,
  }));
}

/** Ids in the node's namespace, and what they are on this machine (proc(5), NSpid). */
function readInnerIds(first: number | null): ReadonlyMap<number, number> {
  const ids = new Map<number, number>();
  if (first === null) return ids;
  const namespace = readNamespace(first);
  for (const pid of readProcessIds()) {
    if (readNamespace(pid) !== namespace) continue;
    const inner = /^NSpid:.*\t(\d+)$/m.exec(readProc(pid, 'status'))?.[1];
    if (inner !== undefined) ids.set(Number(inner), pid);
  }
  return ids;
}

/** Ends all of the node, pods too, and takes its control groups away; does nothing where it does not run. */
export async function stopNode(node: NodeLayout): Promise<void> {
  const running = findNode(node);
  if (running !== null) process.kill(running, 'SIGKILL');
  // The kernel ends all others of the namespace before the first one goes, whoever killed that.
  for (let tries = 0; findNode(node) !== null || isEnding(readFirstId(node)); tries++) {
    if (tries > 600) throw new ClusterFailure(`Process ${readFirstId(node)}, the node, does not end.`);
    await sleep(50);
  }
  await removeCgroup(node.cgroup);
}

/** The id that the first process had when it was started; 0 where none was. */
function readFirstId(node: NodeLayout): number {
  const path = join(node.root, 'node.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
}

// The first process of some namespace, which has given up its memory, and so its command line. One that nobody reaps
// has ended all the same.
function isEnding(pid: number): boolean {
  const status = readProc(pid, 'status');
  return /^NSpid:.*\t1$/m.test(status) && !/^State:\t[ZX]/m.test(status) && readProc(pid, 'cmdline') === '';
}

function readProcessIds(): readonly number[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function readNamespace(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}
