// Shows the whole story in the cluster of npm run cluster:up: npm run example:ro
import { Writable } from 'node:stream';
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
const NAMES = ['restart-shop', 'restart-nothing', 'ask-first', 'ask-in-vain'];
const began = performance.now();
const tell = (line: string): void => console.log(`   ${line}`);
const begin = (step: string): void => console.log(`\n${step}`);

console.log(
  'The Remediation Orchestrator (RO) restarts Deployments, and writes down what it did in audit_events.',
);
console.log('Its suite wants that one table of a schema that another team owns, in a namespace of its own.');

begin("1. The controller's image, made without Docker");
const controllerImage = await ensureControllerImage(process.cwd());
tell(controllerImage);
const ro = await createInfrastructure({
  kubeconfig: record.kubeconfig,
  postgresImage: record.images.postgres,
  controllerImage,
  output: createOutput(tell),
});
// Ctrl-C, too, leaves nothing behind.
process.once('SIGINT', () => void ro.remove().finally(() => process.exit(130)));
try {
  begin(
    '2. createRemediationOrchestratorCluster: PostgreSQL, audit_events with all it stands on, the controller',
  );
  await ro.create();

  begin('3. Four requests: to restart what is there, and what is not; to be approved, and to be refused');
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
    tell(`${name.padEnd(16)} ${phase.padEnd(10)} ${status?.reason}`);
  }

  begin('4. audit_events, through a tunnel of Plinth’s own: each step of each request, and the events of it');
  let last: unknown;
  for (const { name, from, to, events } of await readEvents(record.kubeconfig, ro.namespace)) {
    if (name !== last) tell(String(name));
    last = name;
    tell(`  ${`${from || '–'} → ${to}`.padEnd(31)} ${events}`);
  }
} finally {
  begin('5. deleteRemediationOrchestratorCluster');
  await ro.remove();
}
console.log(`\n${Math.round((performance.now() - began) / 1000)} s in all.`);

function createOutput(line: (text: string) => void): Writable {
  let begun = '';
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      const lines = (begun + text).split('\n');
      begun = lines.pop()!;
      for (const one of lines) line(one);
      done();
    },
  });
}

async function readEvents(kubeconfig: string, namespace: string) {
  const options = { migrations: 'none', kubeconfig, namespace };
  const target = await createClusterTarget(resolvePlanOptions(options, {}).cluster!, {});
  const session = await target.open({ applicationName: 'example', timeoutMs: 30_000 });
  const rows = await session.query(`SELECT correlation_id AS name,
    event_data->>'from' AS "from", event_data->>'to' AS "to",
    string_agg(replace(event_type, 'orchestrator.', ''), ', ' ORDER BY event_type) AS events
    FROM audit_events GROUP BY 1, 2, 3, event_timestamp
    ORDER BY array_position(ARRAY['${NAMES.join("','")}'], correlation_id::text), event_timestamp`);
  await session.close();
  return rows;
}

function createShop(image: string) {
  const labels = { app: 'shop' };
  const containers = [{ name: 'shop', image, command: ['sleep', '3600'] }];
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers } };
  return { metadata: { name: 'shop' }, spec: { selector: { matchLabels: labels }, template } };
}
