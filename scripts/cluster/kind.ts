import { runCommand, runLongCommand } from './commands.js';
import { ClusterFailure } from './failure.js';
import { type ClusterRecord, getKubeconfigPath, writeRecord } from './folder.js';
import { getKindCommand } from './provider.js';

const NAME = 'plinth-test';
// Of Docker Hub, loaded from the machine's own Docker, so that they are pulled once.
const IMAGES = { postgres: 'postgres:18', busybox: 'busybox:1.37' };

/** Makes a cluster named `plinth-test` in Docker where it is not there yet, and loads the images of tests. */
export async function ensureKindCluster(
  folder: string,
  tell: (line: string) => void,
): Promise<ClusterRecord> {
  const kubeconfig = getKubeconfigPath(folder);
  const [kind, ...args] = getCommand();
  const names = runCommand(kind, [...args, 'get', 'clusters']).split('\n');
  if (!names.includes(NAME)) {
    tell(`Making the cluster ${NAME} with kind …`);
    const wanted = ['create', 'cluster', '--name', NAME, '--kubeconfig', kubeconfig, '--wait', '240s'];
    await runLongCommand(kind, [...args, ...wanted]);
    for (const image of Object.values(IMAGES)) {
      await runLongCommand('docker', ['pull', '--quiet', image]);
      await runLongCommand(kind, [...args, 'load', 'docker-image', '--name', NAME, image]);
    }
  } else {
    runCommand(kind, [...args, 'export', 'kubeconfig', '--name', NAME, '--kubeconfig', kubeconfig]);
  }
  const record: ClusterRecord = { provider: 'kind', kubeconfig, images: { ...IMAGES, pgbouncer: null } };
  writeRecord(folder, record);
  return record;
}

/** Deletes the cluster named `plinth-test`, and no other. */
export async function removeKindCluster(): Promise<void> {
  const [kind, ...args] = getCommand();
  await runLongCommand(kind, [...args, 'delete', 'cluster', '--name', NAME]);
}

function getCommand(): readonly [string, ...string[]] {
  const command = getKindCommand();
  if (command === null) throw new ClusterFailure('There is neither kind nor Go to build it.');
  return command;
}
