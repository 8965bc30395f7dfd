// Shows the whole story in the cluster of npm run cluster:up: npm run example:ro
import { getClusterFolder, readRecord } from '../../scripts/cluster/folder.js';
import { ensureControllerImage } from '../../scripts/cluster/images.js';
import { resolvePlanOptions } from '../../src/options.js';
import { createClusterTarget } from '../../src/run/cluster-target.js';
import { createInfrastructure } from './test/infrastructure/remediation-orchestrator.js';

const record = readRecord(getClusterFolder());
if (record === null) {
  console.error('There is no cluster: npm run cluster:up makes one.');
  process.exit(1);
}

console.log('1. The image of the controller, without Docker');
const controllerImage = await ensureControllerImage(process.cwd());
const ro = await createInfrastructure({
  kubeconfig: record.kubeconfig,
  postgresImage: record.images.postgres,
  controllerImage,
  output: process.stdout,
});
try {
  console.log('\n2. createRemediationOrchestratorCluster: PostgreSQL, audit_events, the controller');
  await ro.create();

  console.log('\n3. Requests: one that succeeds, one that fails, one to be approved, one to be refused');
  const { AppsV1Api } = await import('@kubernetes/client-node');
  await ro.config.makeApiClient(AppsV1Api).createNamespacedDeployment({
    namespace: ro.namespace,
    body: createShop(record.images.busybox),
  });
  await ro.createRequest('restart-shop', { deployment: 'shop' });
  await ro.createRequest('restart-nothing', { deployment: 'nothing' });
  await ro.createRequest('ask-first', { deployment: 'shop', requiresApproval: true });
  await ro.createRequest('ask-in-vain', { deployment: 'shop', requiresApproval: true });
  for (const name of ['ask-first', 'ask-in-vain']) await ro.waitFor(name, 'AwaitingApproval');
  await ro.decide('ask-first', 'approved');
  await ro.decide('ask-in-vain', 'refused');
  for (const [name, phase] of [
    ['restart-shop', 'Completed'],
    ['restart-nothing', 'Failed'],
    ['ask-first', 'Completed'],
    ['ask-in-vain', 'Failed'],
  ] as const) {
    const { status } = await ro.waitFor(name, phase);
    console.log(`   ${name.padEnd(16)} ${phase.padEnd(10)} ${status?.reason}`);
  }

  console.log('\n4. What is in audit_events, read through a tunnel of Plinth’s own');
  const options = { migrations: 'none', kubeconfig: record.kubeconfig, namespace: ro.namespace };
  const target = await createClusterTarget(resolvePlanOptions(options, {}).cluster!, {});
  const session = await target.open({ applicationName: 'example', timeoutMs: 30_000 });
  const rows =
    await session.query(`SELECT correlation_id AS name, event_type AS type, event_data->>'from' AS "from",
    event_data->>'to' AS "to" FROM audit_events ORDER BY correlation_id, event_timestamp, event_type`);
  for (const { name, type, from, to } of rows) {
    console.log(`   ${String(name).padEnd(16)} ${String(type).padEnd(36)} ${from || '–'} → ${to}`);
  }
  await session.close();
} finally {
  console.log('\n5. deleteRemediationOrchestratorCluster');
  await ro.remove();
}

function createShop(image: string) {
  const labels = { app: 'shop' };
  const containers = [{ name: 'shop', image, command: ['sleep', '3600'] }];
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers } };
  return { metadata: { name: 'shop' }, spec: { selector: { matchLabels: labels }, template } };
}
