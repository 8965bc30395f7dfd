import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClusterFailure } from './failure.js';
import { type ClusterRecord, getClusterFolder, readRecord, removeRecord } from './folder.js';
import { ensureGivenCluster } from './given.js';
import { ensureKindCluster, removeKindCluster } from './kind.js';
import { withClusterLock } from './lock.js';
import { ensureOwnCluster, removeOwnCluster, renderOwnStatus } from './own/own.js';
import { getProvider, hasKind, renderProvider, type Wanted } from './provider.js';

const HELP = `npm run cluster:up -- [--use-kubeconfig | --kind | --own]
npm run cluster:status
npm run cluster:down -- [--all]

A Kubernetes for tests; npm test finds it. With Docker it is made by kind, and without on this machine, by Linux's
root, in namespaces of its own. --kind and --own choose between the two.
--use-kubeconfig  use the current context of KUBECONFIG instead; cluster:down only forgets it
--all             remove the built binaries and images, too
PLINTH_CLUSTER_DIR is the folder of all that belongs to it (default: cluster, in the user's cache folder).`;

const { values, positionals } = readArguments();

const folder = getClusterFolder();
const root = process.cwd();
const tell = (line: string): void => console.error(line);
const verbs: Readonly<Record<string, () => Promise<void>>> = { up, down, status };
const verb = verbs[positionals[0] ?? ''];

try {
  if (values.help || verb === undefined) {
    console.log(HELP);
    if (!values.help) process.exitCode = 2;
  } else {
    await verb();
  }
} catch (error) {
  if (!(error instanceof ClusterFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function up(): Promise<void> {
  if ([values['use-kubeconfig'], values.kind, values.own].filter(Boolean).length > 1) {
    throw new ClusterFailure('--use-kubeconfig, --kind and --own exclude each other.');
  }
  const provider = values.kind ? 'kind' : values.own ? 'own' : null;
  const record = await withLock(() => ensureCluster({ useKubeconfig: values['use-kubeconfig'], provider }));
  tell(`The cluster (${renderProvider(record.provider)}) is there; npm test finds it, kubectl by`);
  console.log(`export KUBECONFIG=${record.kubeconfig}`);
}

async function ensureCluster(wanted: Wanted): Promise<ClusterRecord> {
  const chosen = getProvider(wanted, readRecord(folder)?.provider ?? null, hasKind);
  if (chosen instanceof ClusterFailure) throw chosen;
  if (chosen.provider === 'given') return ensureGivenCluster(folder, tell);
  if (chosen.provider === 'kind') return ensureKindCluster(folder, tell);
  return ensureOwnCluster(folder, root, tell);
}

async function down(): Promise<void> {
  await withLock(async () => {
    const provider = readRecord(folder)?.provider ?? null;
    if (provider === 'kind') await removeKindCluster();
    // Also without a record, as of a start that was killed.
    if (process.platform === 'linux') await removeOwnCluster(folder);
    removeRecord(folder);
    tell(provider === null ? 'There was no cluster.' : `The cluster (${renderProvider(provider)}) is gone.`);
    if (!values.all && existsSync(join(folder, 'bin')))
      tell(`${folder} keeps what was built; --all removes it.`);
  });
  if (values.all) rmSync(folder, { recursive: true, force: true });
}

async function status(): Promise<void> {
  const record = readRecord(folder);
  if (record === null) {
    console.log('There is no cluster: npm run cluster:up makes one.');
    process.exitCode = 1;
    return;
  }
  console.log(`${renderProvider(record.provider)}\nKUBECONFIG=${record.kubeconfig}`);
  if (record.provider !== 'own') return;
  const { lines, isWell } = await renderOwnStatus(folder);
  console.log(lines.join('\n'));
  if (!isWell) process.exitCode = 1;
}

function withLock<T>(work: () => Promise<T>): Promise<T> {
  return withClusterLock(folder, () => tell('Waiting for another cluster:up or cluster:down …'), work);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'use-kubeconfig': { type: 'boolean', default: false },
        kind: { type: 'boolean', default: false },
        own: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}
