import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterFailure } from '../failure.js';
import { NODE_NAME, type NodeLayout } from './layout.js';
import { findNode, readProcesses } from './running.js';

// Pauses between starts grow to five seconds: half a minute in all.
const HOPELESS_RESTARTS = 8;

/** What is missing for pods to run, and whose log may tell why; null where all is well. */
export interface Ailment {
  readonly what: string;
  readonly component: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Asks the API server, by the way that tests go, whether pods can run. */
export async function getAilment(node: NodeLayout, port: number): Promise<Ailment | null> {
  if (findNode(node) === null) return { what: 'the node does not run', component: 'node' };
  const ready = await readApi(node, port, '/readyz');
  if (ready === null || ready.status !== 200) {
    const what = `the API server does not answer${ready === null ? '' : ` (${ready.status})`}`;
    return { what, component: getCulprit(node) ?? 'kube-apiserver' };
  }
  const machine = await readApi(node, port, `/api/v1/nodes/${NODE_NAME}`);
  const condition = parseConditions(machine).find(({ type }) => type === 'Ready');
  if (condition?.status !== 'True') {
    const what = `the node is not ready${condition === undefined ? '' : ` (${condition.message})`}`;
    return { what, component: getCulprit(node) ?? 'kubelet' };
  }
  const account = await readApi(node, port, '/api/v1/namespaces/default/serviceaccounts/default');
  if (account?.status !== 200) {
    return { what: 'service accounts are not made', component: 'kube-controller-manager' };
  }
  const stopped = readProcesses(node).find(({ pid }) => pid === null);
  return stopped === undefined ? null : { what: `${stopped.name} does not run`, component: stopped.name };
}

/** Waits until pods can run; after the time the error names the component, with the last lines of its log. */
export async function waitForHealth(node: NodeLayout, port: number, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  let ailment = await getAilment(node, port);
  while (ailment !== null) {
    if (Date.now() > end || isHopeless(node, ailment)) throw createHealthFailure(node, ailment);
    await sleep(50);
    ailment = await getAilment(node, port);
  }
}

/** True where nothing starts the component again, or it ended however often it was. */
function isHopeless(node: NodeLayout, { component }: Ailment): boolean {
  if (component === 'node') return true;
  const process = readProcesses(node).find(({ name }) => name === component);
  return process !== undefined && process.pid === null && process.restarts >= HOPELESS_RESTARTS;
}

function createHealthFailure(node: NodeLayout, { what, component }: Ailment): ClusterFailure {
  const process = readProcesses(node).find(({ name }) => name === component);
  const lines = [`The cluster is not well: ${what}.`];
  if (process !== undefined && process.ended !== null) {
    lines.push(
      `${component} was started again ${process.restarts} times; the last time it ${process.ended}.`,
    );
  }
  const path = join(node.logs, `${component}.log`);
  const log = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-12) : [];
  lines.push(`The end of ${path}:`, ...log.map((line) => `  ${line.slice(0, 400)}`));
  lines.push('npm run cluster:down && npm run cluster:up makes a new one.');
  return new ClusterFailure(lines.join('\n'));
}

/** The first that does not stay up: those that stand on it fail, too. */
function getCulprit(node: NodeLayout): string | null {
  return readProcesses(node).find(({ pid, restarts }) => pid === null && restarts > 0)?.name ?? null;
}

function parseConditions(answer: Answer | null): { type: string; status: string; message: string }[] {
  if (answer?.status !== 200) return [];
  return JSON.parse(answer.text).status?.conditions ?? [];
}

/** Null where nothing answers. */
function readApi(node: NodeLayout, port: number, path: string): Promise<Answer | null> {
  const read = (name: string): Buffer => readFileSync(join(node.keys, name));
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca: read('ca.crt'),
        cert: read('admin.crt'),
        key: read('admin.key'),
        agent: false,
        timeout: 5_000,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', () => resolve(null));
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(null));
    asked.end();
  });
}
