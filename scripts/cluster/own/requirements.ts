import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runCommand, runLongCommand } from '../commands.js';
import { ClusterFailure } from '../failure.js';

/** Programs of the system that the node runs, and the packages of Debian and Ubuntu that have them. */
export interface Programs {
  readonly containerd: string;
  readonly ctr: string;
  readonly etcd: string;
  readonly busybox: string;
  readonly cniFolder: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  runc: 'runc',
  etcd: 'etcd-server',
  iptables: 'iptables',
  busybox: 'busybox-static',
  flock: 'util-linux',
};
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const CNI_PACKAGE = 'containernetworking-plugins';

/** What matters of a machine. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly isRoot: boolean;
  /** What `go version` says; null where there is no Go. */
  readonly go: string | null;
}

const readMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  isRoot: process.getuid?.() === 0,
  go: findProgram('go') === null ? null : runCommand('go', ['version']),
});

/** Tells all that keeps a node from running on this machine; nothing where it can. */
export function getObstacles(isBuilt: boolean, machine: Machine = readMachine()): readonly string[] {
  const { arch, go, isRoot, platform } = machine;
  const obstacles: string[] = [];
  if (platform !== 'linux') obstacles.push(`this is ${platform}, not Linux`);
  else if (!isRoot) obstacles.push('this is not root');
  if (!['x64', 'arm64'].includes(arch)) obstacles.push(`${arch} is neither x64 nor arm64`);
  if (!isBuilt) obstacles.push(...getGoObstacles(go));
  if (obstacles.length > 0) return obstacles;
  const missing = getMissingPackages();
  if (missing.length > 0 && findProgram('apt-get') === null) {
    obstacles.push(`programs are missing, and there is no apt-get; Debian has them in ${missing.join(', ')}`);
  }
  return obstacles;
}

// From 1.21 on Go reads in go.mod which version is wanted, and gets it or says why it cannot.
function getGoObstacles(go: string | null): readonly string[] {
  if (go === null) return ['there is no Go (1.24 or newer) to build Kubernetes'];
  const version = /go1\.(\d+)/.exec(go);
  return Number(version?.[1]) >= 21
    ? []
    : [`${version?.[0] ?? go} is too old to build Kubernetes, which takes Go 1.24`];
}

/** The programs, installed by apt where they are missing; throws with all obstacles at once. */
export async function ensurePrograms(isBuilt: boolean, tell: (line: string) => void): Promise<Programs> {
  const obstacles = getObstacles(isBuilt);
  if (obstacles.length > 0) throw createObstacleFailure(obstacles);
  const missing = getMissingPackages();
  if (missing.length > 0) {
    tell(`Installing ${missing.join(', ')} by apt …`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-qq', '-y', '--no-install-recommends', ...missing];
    // Lists that are old, or not there at all, name no package, or one that is gone.
    await runLongCommand('sh', ['-c', 'apt-get update -qq >/dev/null'], { env });
    runCommand('apt-get', install, { env });
    const still = getMissingPackages();
    if (still.length > 0)
      throw new ClusterFailure(`apt installed ${still.join(', ')}, but programs are missing.`);
  }
  return {
    containerd: findProgram('containerd')!,
    ctr: findProgram('ctr')!,
    etcd: findProgram('etcd')!,
    busybox: findProgram('busybox')!,
    cniFolder: findCniFolder()!,
  };
}

function getMissingPackages(): readonly string[] {
  const names = Object.keys(PACKAGES).filter((name) => findProgram(name) === null);
  const packages = new Set(names.map((name) => PACKAGES[name]!));
  if (findCniFolder() === null) packages.add(CNI_PACKAGE);
  return [...packages].sort();
}

function findCniFolder(): string | null {
  const has = (folder: string): boolean =>
    ['ptp', 'host-local', 'loopback'].every((name) => existsSync(join(folder, name)));
  return CNI_FOLDERS.find(has) ?? null;
}

function createObstacleFailure(obstacles: readonly string[]): ClusterFailure {
  return new ClusterFailure(
    [
      `No cluster can be made here: ${obstacles.join('; ')}.`,
      'It takes Docker (with kind, or Go to build it), or Linux, root and Go. Or use a cluster that you have:',
      '  KUBECONFIG=… npm run cluster:up -- --use-kubeconfig',
    ].join('\n'),
  );
}
