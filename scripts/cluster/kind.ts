import { runCommand, runLongCommand } from './commands.js';
import { ClusterFailure } from './failure.js';
import { type ClusterRecord, getKubeconfigPath, readRecord, writeRecord } from './folder.js';
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
  const isThere = runCommand(kind, [...args, 'get', 'clusters'])
    .split('\n')
    .includes(NAME);
  if (isThere && readRecord(folder) !== null) {
    runCommand(kind, [...args, 'export', 'kubeconfig', '--name', NAME, '--kubeconfig', kubeconfig]);
  } else {
    // One without a record is half made: somebody stopped us.
    if (isThere) await removeKindCluster();
    tell(`Making the cluster ${NAME} with kind …`);
    const wanted = ['create', 'cluster', '--name', NAME, '--kubeconfig', kubeconfig, '--wait', '240s'];
    await runLongCommand(kind, [...args, ...wanted]);
    for (const image of Object.values(IMAGES)) await loadImage(image, tell);
  }
  const record: ClusterRecord = { provider: 'kind', kubeconfig, images: { ...IMAGES, pgbouncer: null } };
  writeRecord(folder, record);
  return record;
}

async function loadImage(image: string, tell: (line: string) => void): Promise<void> {
  const [kind, ...args] = getCommand();
  try {
    await runLongCommand('docker', ['pull', '--quiet', image]);
    await runLongCommand(kind, [...args, 'load', 'docker-image', '--name', NAME, image]);
  } catch (error) {
    tell(`${(error as Error).message}; the cluster will pull ${image} itself.`);
  }
}

/** Brings the images of an archive into the cluster named `plinth-test`. */
export async function loadInKind(path: string): Promise<void> {
  const [kind, ...args] = getCommand();
  await runLongCommand(kind, [...args, 'load', 'image-archive', '--name', NAME, path]);
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
