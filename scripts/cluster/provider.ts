import { spawnSync } from 'node:child_process';
import { findProgram } from './commands.js';
import { ClusterFailure } from './failure.js';
import type { Provider } from './folder.js';

/** What `up` was asked for; without any, the cluster is made in Docker where that runs, and else on this machine. */
export interface Wanted {
  readonly useKubeconfig: boolean;
  readonly provider: Exclude<Provider, 'given'> | null;
}

/** Chooses who makes the cluster. A cluster that is there already stays; it is never changed for another. */
export function getProvider(
  wanted: Wanted,
  there: Provider | null,
  canUseKind: () => boolean,
): { readonly provider: Provider } | ClusterFailure {
  const asked = wanted.useKubeconfig ? 'given' : wanted.provider;
  if (there !== null) {
    if (asked === null || asked === there) return { provider: there };
    return new ClusterFailure(
      `There is a cluster already (${renderProvider(there)}): npm run cluster:down comes first.`,
    );
  }
  return { provider: asked ?? (canUseKind() ? 'kind' : 'own') };
}

export function renderProvider(provider: Provider): string {
  return {
    own: "a node of Plinth's own on this machine",
    kind: 'kind, in Docker',
    given: 'one of yours, by KUBECONFIG',
  }[provider];
}

/** True where Docker answers and kind can be had. */
export function hasKind(): boolean {
  if (findProgram('docker') === null || getKindCommand() === null) return false;
  const { status } = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 });
  return status === 0;
}

/** kind as it is installed, else as Go builds it. */
export function getKindCommand(): readonly [string, ...string[]] | null {
  if (findProgram('kind') !== null) return ['kind'];
  return findProgram('go') === null ? null : ['go', 'run', 'sigs.k8s.io/kind@v0.30.0'];
}
