import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuditStore } from './audit-store.js';
import { createCluster } from './cluster.js';
import { createQueue } from './queue.js';
import { reconcile } from './reconcile.js';

// A watch that ended, and a definition that is not there yet, are asked for again.
const RESTART_MS = 500;
const HEALTH_PORT = 8080;

const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const cluster = createCluster(process.env['NAMESPACE'] ?? 'default');
const store = createAuditStore(log);
const queue = createQueue((name) => reconcile(name, cluster, store), log);
const informer = cluster.createInformer();
let isConnected = false;
let isStopping = false;

for (const event of ['add', 'update'] as const)
  informer.on(event, ({ metadata }) => queue.add(metadata.name));
informer.on('connect', () => {
  isConnected = true;
});
informer.on('error', (error: Error) => {
  isConnected = false;
  log(`the watch ended: ${error?.message ?? 'closed'}`);
  void sleep(RESTART_MS).then(start);
});

const health = createServer(({ url }, response) => {
  response.statusCode = url === '/livez' || isConnected ? 200 : 503;
  response.end();
});
health.listen(HEALTH_PORT);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
log('The Remediation Orchestrator begins.');
await start();

async function start(): Promise<void> {
  while (!isStopping) {
    try {
      await informer.start();
      return;
    } catch (error) {
      log(`requests cannot be listed: ${(error as Error).message.split('\n', 1)[0]}`);
    }
    await sleep(RESTART_MS);
  }
}

async function stop(): Promise<void> {
  isStopping = true;
  await informer.stop();
  await queue.stop();
  await store.close();
  health.close();
  log('The Remediation Orchestrator ends.');
  process.exit(0);
}
