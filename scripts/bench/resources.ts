import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../peers/peers.js';
import { type Finished, type RunOptions, runWell } from './processes.js';

/** What a process used beside time. */
export interface Used extends Finished {
  /** The most memory that it had at once (its resident set). */
  readonly peakMiB: number;
  /** On all cores. */
  readonly cpuMs: number;
}

const TIME = '/usr/bin/time';

/** Whether this machine can tell what a process used: GNU time, which gives what wait4 says of it. */
export const canTellUse = (): boolean => existsSync(TIME);

/** Runs a program well, and tells what it used. That costs another process, the same for all. */
export async function runWithUse({ program, args, env }: Command, options: RunOptions): Promise<Used> {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
  try {
    const file = join(dir, 'use');
    const wrapped = ['-f', '%M %U %S', '-o', file, program, ...args];
    const finished = await runWell({ program: TIME, args: wrapped, ...(env && { env }) }, options);
    const [kib, user, system] = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    return { ...finished, peakMiB: kib! / 1024, cpuMs: (user! + system!) * 1000 };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

// proc(5): user and system time, and those of children that were waited for, after the name in brackets.
function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** Milliseconds that a process and its children used of all cores so far; null where this system does not tell. */
export function readTreeCpuMs(pid: number): number | null {
  if (!existsSync('/proc/self/stat')) return null;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isChild(Number(name), pid));
  // 100 ticks a second, on every Linux that runs this.
  return [pid, ...children.map(Number)].reduce((sum, one) => sum + readTicksOrNone(one), 0) * 10;
}

function isChild(pid: number, of: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === of;
  } catch {
    return false;
  }
}

function readTicksOrNone(pid: number): number {
  try {
    return readTicks(pid);
  } catch {
    return 0;
  }
}
