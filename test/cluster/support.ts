import type { RunEvent } from '../../src/index.js';
import type { ClusterOptions } from '../../src/options.js';
import { resolvePlanOptions } from '../../src/options.js';
import type { Session } from '../../src/postgres/session.js';
import { createClusterTarget } from '../../src/run/cluster-target.js';
import { getCluster, type TestNamespace } from '../support/cluster.js';

export interface OpenInCluster {
  readonly env?: NodeJS.ProcessEnv;
  readonly onEvent?: (event: RunEvent) => void;
}

/** A session with the PostgreSQL of a namespace, through the tunnel. */
export async function openInCluster(
  namespace: TestNamespace,
  more: ClusterOptions = {},
  { env = {}, onEvent = () => {} }: OpenInCluster = {},
): Promise<Session> {
  const options = {
    migrations: 'none',
    kubeconfig: getCluster().kubeconfig,
    namespace: namespace.name,
    ...more,
  };
  const { cluster } = resolvePlanOptions(options, {});
  const target = await createClusterTarget(cluster!, { onEvent }, env);
  return await target.open({ applicationName: 'plinth-test', timeoutMs: 120_000 });
}
