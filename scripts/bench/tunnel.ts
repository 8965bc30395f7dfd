import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import { getClusterFolder, readRecord } from '../cluster/folder.js';

const HELP = `How long it takes from nothing to the first answer of a PostgreSQL in the cluster for tests: Plinth's tunnel in a new
process, and kubectl port-forward with psql, in turns.

  npm run bench:tunnel -- [--pairs N]   (15)`;

const run = promisify(execFile);
// run-ts.mjs bundles this file, and the child is to be none of it.
const CHILD = 'scripts/bench/first-answer.mjs';
const USER = 'bench';
const PASSWORD = 'of-the-benchmark';

interface Answers {
  readonly imported: number;
  readonly first: number;
  readonly again: number;
}

interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
}

const { values } = parseArgs({ options: { pairs: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help === true) console.log(HELP);
else await measure(Number(values.pairs ?? 15));

async function measure(pairs: number): Promise<void> {
  const record = readRecord(getClusterFolder());
  if (record === null) throw new Error('There is no cluster: npm run cluster:up makes one.');
  const { images, kubeconfig } = record;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const namespace = `plinth-test-bench-${randomBytes(3).toString('hex')}`;
  await core.createNamespace({ body: { metadata: { name: namespace, labels: { 'plinth-test': 'true' } } } });
  try {
    await deploy(core, namespace, images.postgres);
    const place = { kubeconfig, namespace };
    // The first of each fills the caches of the machine.
    await measureTunnel(place);
    await measureKubectl(place);
    const own: Answers[] = [];
    const other: number[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      own.push(await measureTunnel(place));
      other.push(await measureKubectl(place));
    }
    const rows: readonly [string, readonly number[]][] = [
      ['plinth, in a process that has it loaded, again', own.map(({ again }) => again)],
      ['plinth, in a process that has it loaded', own.map(({ first }) => first)],
      ['plinth, in a new process, with its imports', own.map(({ imported }) => imported)],
      ['kubectl port-forward and psql', other],
    ];
    console.log(`${'milliseconds to the first answer'.padEnd(50)} median  least   most`);
    for (const [name, values] of rows) console.log(name.padEnd(50), renderSpread(values));
  } finally {
    await core.deleteNamespace({ name: namespace });
  }
}

async function measureTunnel({ kubeconfig, namespace }: Place): Promise<Answers> {
  const { stdout } = await run(process.execPath, [CHILD, kubeconfig, namespace]);
  return JSON.parse(stdout) as Answers;
}

/** The port is kubectl's choice, so that none is taken; its line with it is waited for. */
async function measureKubectl({ kubeconfig, namespace }: Place): Promise<number> {
  const start = performance.now();
  const kubectl = ['--kubeconfig', kubeconfig, '-n', namespace, 'port-forward', 'service/postgres', ':5432'];
  const forward = spawn('kubectl', kubectl, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await readPort(forward);
    const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${USER}`;
    await run('psql', ['-X', '-At', '-c', 'select 1', url]);
    return performance.now() - start;
  } finally {
    forward.kill();
    await once(forward, 'exit');
  }
}

async function readPort(forward: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: forward.stdout! })) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('kubectl port-forward ended');
}

async function deploy(core: CoreV1Api, namespace: string, image: string): Promise<void> {
  const labels = { app: 'postgres' };
  await core.createNamespacedSecret({
    namespace,
    body: { metadata: { name: 'postgres' }, stringData: { password: PASSWORD } },
  });
  await core.createNamespacedService({
    namespace,
    body: { metadata: { name: 'postgres' }, spec: { selector: labels, ports: [{ port: 5432 }] } },
  });
  const password = { secretKeyRef: { name: 'postgres', key: 'password' } };
  const container = {
    name: 'postgres',
    image,
    imagePullPolicy: 'IfNotPresent',
    env: [
      { name: 'POSTGRES_USER', value: USER },
      { name: 'POSTGRES_PASSWORD', valueFrom: password },
    ],
    ports: [{ containerPort: 5432 }],
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
  };
  const pod = { metadata: { name: 'postgres', labels }, spec: { containers: [container] } };
  // The namespace's own account is made a moment later, and without it no pod is.
  for (let isMade = false; !isMade; await sleep(100)) {
    isMade = await core.createNamespacedPod({ namespace, body: pod }).then(
      () => true,
      (error: { code?: number }) => {
        if (error.code !== 403) throw error;
        return false;
      },
    );
  }
  const isReady = ({ status }: V1Pod): boolean =>
    (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
  while (!isReady(await core.readNamespacedPod({ namespace, name: 'postgres' }))) await sleep(200);
}

function getSorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

function getMedian(values: readonly number[]): number {
  return getSorted(values)[Math.floor(values.length / 2)]!;
}

function renderSpread(values: readonly number[]): string {
  const sorted = getSorted(values);
  return [getMedian(values), sorted[0]!, sorted.at(-1)!]
    .map((value) => Math.round(value).toString().padStart(6))
    .join(' ');
}
