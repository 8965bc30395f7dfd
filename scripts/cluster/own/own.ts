import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../commands.js';
import { ClusterFailure } from '../failure.js';
import { type ClusterRecord, getKubeconfigPath, writeRecord, writeWhole } from '../folder.js';
import { ensureBinary, getBinary } from './build.js';
import { ensureCgroup, findCgroups } from './cgroups.js';
import { renderKubeconfig, writeConfigurations, writeInnerKubeconfig } from './files.js';
import { getAilment, waitForHealth } from './health.js';
import { ensureImages, type ImageArchive } from './images.js';
import {
  API_PORT,
  API_SERVICE_ADDRESS,
  DNS_DOMAIN,
  getNodeLayout,
  NODE_ADDRESS,
  type NodeLayout,
  SERVICE_NETWORK,
} from './layout.js';
import { importImages } from './load.js';
import { ensurePort, readPort } from './port.js';
import { getProcesses, HIDDEN_FOLDERS, HIDDEN_SYSCTLS } from './processes.js';
import { ensurePrograms, type Programs } from './requirements.js';
import { findNode, readProcesses, stopNode } from './running.js';

// A machine that is busy with other things may take many times the usual ten seconds.
const START_TIMEOUT_MS = 240_000;

/** Starts a node of our own; one that runs is left as it is, but for images that it lacks. */
export async function ensureOwnCluster(
  folder: string,
  root: string,
  tell: (line: string) => void,
): Promise<ClusterRecord> {
  if (folder.length > 80) throw new ClusterFailure(`${folder} is too long a path for the sockets in it.`);
  const hiding = HIDDEN_FOLDERS.find((path) => folder.startsWith(`${path}/`));
  if (hiding !== undefined)
    throw new ClusterFailure(`${folder} cannot be used: the node has a ${hiding} of its own.`);
  const node = getNodeLayout(folder);
  const binary = getBinary(folder, root);
  const programs = await ensurePrograms(existsSync(binary.path), tell);
  const archive = ensureImages(folder, root, programs.busybox, tell);
  if (findNode(node) === null) {
    await ensureBinary(binary, root, tell);
    await startNode(folder, node, binary.path, programs, archive);
  } else if (!readFileSync(node.config, 'utf8').includes(`${binary.path}"`)) {
    tell('It was built from other sources; npm run cluster:down && npm run cluster:up makes one of these.');
  }
  const port = readPort(folder)!;
  await waitForHealth(node, port, START_TIMEOUT_MS);
  importImages(node, programs.ctr, archive.path, [archive.postgres]);
  const { busybox, postgres, pgbouncer } = archive;
  const record: ClusterRecord = {
    provider: 'own',
    kubeconfig: getKubeconfigPath(folder),
    images: { busybox, postgres, pgbouncer },
  };
  writeWhole(record.kubeconfig, renderKubeconfig(node, `https://127.0.0.1:${port}`));
  writeRecord(folder, record);
  return record;
}

async function startNode(
  folder: string,
  node: NodeLayout,
  binary: string,
  programs: Programs,
  archive: ImageArchive,
): Promise<void> {
  // What a crash or a reboot left is of no worth, and may be broken.
  await stopNode(node);
  rmSync(node.root, { recursive: true, force: true });
  mkdirSync(node.logs, { recursive: true });
  mkdirSync(node.keys, { recursive: true, mode: 0o700 });
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const addresses = ['127.0.0.1', 'localhost', NODE_ADDRESS, API_SERVICE_ADDRESS];
  const all = [...addresses, ...names, `kubernetes.default.svc.${DNS_DOMAIN}`];
  runCommand(binary, ['certificates', node.keys, ...all]);
  writeConfigurations(node, programs, archive.pause);
  writeInnerKubeconfig(node);
  const made = HIDDEN_FOLDERS.filter((path) => !existsSync(path));
  writeWhole(
    join(folder, 'made-folders.json'),
    JSON.stringify([...new Set([...readMadeFolders(folder), ...made])]),
  );
  for (const path of made) mkdirSync(path, { recursive: true });
  ensureCgroup(node.cgroup);
  const config = {
    folder: node.root,
    listen: `127.0.0.1:${await ensurePort(folder)}`,
    forward: `${NODE_ADDRESS}:${API_PORT}`,
    address: `${NODE_ADDRESS}/32`,
    services: SERVICE_NETWORK,
    hidden: HIDDEN_FOLDERS,
    sysctls: HIDDEN_SYSCTLS,
    processes: getProcesses(node, binary, programs),
  };
  writeWhole(node.config, JSON.stringify(config, null, 2));
  runCommand(binary, ['start', node.config]);
}

/** Ends the node, and removes all that it left but for what the next start can use; verified. */
export async function removeOwnCluster(folder: string): Promise<void> {
  const node = getNodeLayout(folder);
  await stopNode(node);
  rmSync(node.root, { recursive: true, force: true });
  for (const path of readMadeFolders(folder)) {
    try {
      rmdirSync(path);
    } catch {} // Others use it by now.
  }
  rmSync(join(folder, 'made-folders.json'), { force: true });
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${node.root}/`));
  const left = [...mounts, ...findCgroups(node.cgroup), ...(existsSync(node.root) ? [node.root] : [])];
  if (left.length > 0) throw new ClusterFailure(`Something is left: ${left.join(', ')}`);
}

function readMadeFolders(folder: string): readonly string[] {
  const path = join(folder, 'made-folders.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as string[]) : [];
}

/** Tells how the node is, a line each; what is missing comes first. */
export async function renderOwnStatus(
  folder: string,
): Promise<{ lines: readonly string[]; isWell: boolean }> {
  const node = getNodeLayout(folder);
  const ailment = await getAilment(node, readPort(folder) ?? 0);
  const lines = readProcesses(node).map(({ name, pid, restarts, ended }) => {
    const again = restarts === 0 ? '' : `, started again ${restarts} times, ${ended}`;
    return `${name.padEnd(24)} ${pid === null ? 'does not run' : `process ${pid}`}${again}`;
  });
  const told =
    ailment === null
      ? 'All is well.'
      : `Not well: ${ailment.what}; logs are in ${node.logs}. npm run cluster:up mends it.`;
  return { lines: [told, ...lines], isWell: ailment === null };
}
