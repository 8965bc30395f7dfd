import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runLongCommand } from '../commands.js';
import { removeOldFiles } from '../folder.js';

const SOURCES = 'scripts/cluster/component';

/** The binary that is made of these sources, and the version of Kubernetes that it is. */
export interface Binary {
  readonly path: string;
  readonly version: string;
}

export function getBinary(folder: string, root: string): Binary {
  const sources = join(root, SOURCES);
  const hash = createHash('sha256').update(process.arch);
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  const version = /^\tk8s\.io\/kubernetes (v\S+)$/m.exec(readFileSync(join(sources, 'go.mod'), 'utf8'))![1]!;
  return { path: join(folder, 'bin', `kubernetes-${hash.digest('hex').slice(0, 12)}`), version };
}

/** Builds the binary where it is not there yet. */
export async function ensureBinary(
  binary: Binary,
  root: string,
  tell: (line: string) => void,
): Promise<void> {
  if (existsSync(binary.path)) return;
  tell(`Building Kubernetes ${binary.version}; the first time this takes some minutes …`);
  const began = Date.now();
  const bin = join(binary.path, '..');
  mkdirSync(bin, { recursive: true });
  const [major, minor] = binary.version.slice(1).split('.');
  const name = 'k8s.io/component-base/version';
  const values = { gitVersion: binary.version, gitMajor: major, gitMinor: minor };
  const defined = Object.entries(values).map(([key, value]) => `-X ${name}.${key}=${value}`);
  const fresh = `${binary.path}.${process.pid}`;
  try {
    await runLongCommand(
      'go',
      ['build', '-trimpath', '-mod=readonly', '-ldflags', `-s -w ${defined.join(' ')}`, '-o', fresh, '.'],
      // No C compiler is needed, and the binary runs whatever libc the machine has.
      { cwd: join(root, SOURCES), env: { CGO_ENABLED: '0', GOWORK: 'off' } },
    );
    renameSync(fresh, binary.path);
  } finally {
    rmSync(fresh, { force: true });
  }
  tell(`Built in ${Math.round((Date.now() - began) / 1000)} s.`);
  removeOldFiles(bin);
}
