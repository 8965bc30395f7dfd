import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../cluster/commands.js';

/** Programs, and where they and libraries of theirs lie as they would below `/`; null: below `/` itself. */
export interface LinkedPrograms {
  readonly programs: readonly string[];
  readonly unpackedIn?: string;
  /** Libraries of these folders are not copied: they come along with the programs. */
  readonly except?: string;
}

const FOLDERS = ['usr/lib', 'lib'];

/** Copies the libraries that the programs are linked with to where the loader looks for them below `to`. */
export function copyLibraries(to: string, { programs, unpackedIn, except }: LinkedPrograms): void {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const folders = FOLDERS.map((folder) => join(unpackedIn ?? '/', folder, triplet));
  const env: Record<string, string> = unpackedIn === undefined ? {} : { LD_LIBRARY_PATH: folders.join(':') };
  const found = new Set<string>();
  for (const program of programs) {
    for (const path of readLibraries(program, env)) found.add(path);
  }
  for (const path of found) {
    if (except !== undefined && path.startsWith(except)) continue;
    const inside =
      unpackedIn !== undefined && path.startsWith(unpackedIn) ? path.slice(unpackedIn.length) : path;
    mkdirSync(join(to, dirname(inside)), { recursive: true });
    copyFileSync(path, join(to, inside));
  }
}

function readLibraries(program: string, env: Readonly<Record<string, string>>): readonly string[] {
  let listed: string;
  try {
    listed = runCommand('ldd', [program], { env });
  } catch {
    return []; // linked statically
  }
  return [...listed.matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path]) => path!);
}
