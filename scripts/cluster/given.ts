import { ClusterFailure } from './failure.js';
import { type ClusterRecord, getKubeconfigPath, readRecord, writeRecord, writeWhole } from './folder.js';

// Where a cluster of yours pulls from: Docker's official images, or what these variables name.
const IMAGES = { postgres: 'docker.io/library/postgres:18', busybox: 'docker.io/library/busybox:1.37' };

/** Notes the current context of KUBECONFIG, and nothing else of it, after its API server has answered. */
export async function ensureGivenCluster(
  folder: string,
  tell: (line: string) => void,
): Promise<ClusterRecord> {
  const kubernetes = await import('@kubernetes/client-node');
  const config = new kubernetes.KubeConfig();
  const path = getKubeconfigPath(folder);
  try {
    if (readRecord(folder) === null) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    throw new ClusterFailure(`The kubeconfig cannot be read: ${(error as Error).message}`);
  }
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (context === null || cluster === null || user === null) {
    throw new ClusterFailure('KUBECONFIG names no context, or one without cluster and user.');
  }
  try {
    await config.makeApiClient(kubernetes.VersionApi).getCode();
  } catch (error) {
    throw new ClusterFailure(`The cluster at ${cluster.server} does not answer: ${(error as Error).message}`);
  }
  tell(
    `Tests will make and delete namespaces at ${cluster.server}, as ${user.name} (context ${context.name}).`,
  );
  const only = new kubernetes.KubeConfig();
  only.loadFromOptions({
    clusters: [cluster],
    users: [user],
    contexts: [context],
    currentContext: context.name,
  });
  writeWhole(path, only.exportConfig());
  const record: ClusterRecord = {
    provider: 'given',
    kubeconfig: path,
    images: {
      postgres: process.env['PLINTH_CLUSTER_POSTGRES_IMAGE'] ?? IMAGES.postgres,
      busybox: process.env['PLINTH_CLUSTER_BUSYBOX_IMAGE'] ?? IMAGES.busybox,
      pgbouncer: null,
    },
  };
  writeRecord(folder, record);
  return record;
}
