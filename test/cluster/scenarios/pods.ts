import type { V1Pod } from '@kubernetes/client-node';
import { type ScenarioGroup, scenario } from './scenario.js';

const PORT = { port: 5432 };
const NEVER = { exec: { command: ['sh', '-c', 'echo the disk does not answer; exit 1'] }, periodSeconds: 1 };

const isWaiting =
  (...reasons: readonly string[]) =>
  ({ status }: V1Pod): boolean =>
    reasons.includes(status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '');
/** True once the kubelet has just begun to wait with another start, which it then does for ten seconds at least. */
function isWaitingAnew(): (pod: V1Pod) => boolean {
  let before: number | null = null;
  return (pod) => {
    const { restartCount = 0 } = pod.status?.containerStatuses?.[0] ?? {};
    if (!isWaiting('CrashLoopBackOff')(pod)) return false;
    before ??= restartCount;
    return restartCount > before;
  };
}
const isRunning = ({ status }: V1Pod): boolean =>
  status?.containerStatuses?.[0]?.state?.running !== undefined;

/** From the service to a pod that is ready. */
export const PODS: ScenarioGroup = {
  title: 'The way to a pod',
  scenarios: [
    scenario({
      name: 'No pod is behind the service yet',
      code: 'SERVICE_WITHOUT_PODS',
      rung: 'pods',
      waited: true,
      args: { service: 'postgres', namespace: 'shop', selector: 'app=postgres', nearest: [] },
      produce: async ({ createService }) => {
        await createService('postgres', { selector: { app: 'postgres' }, ports: [PORT] });
        return {};
      },
    }),
    scenario({
      name: 'The service selects labels that no pod has, and one has nearly them',
      code: 'SERVICE_WITHOUT_PODS',
      rung: 'pods',
      waited: false,
      args: {
        service: 'mistyped',
        namespace: 'shop',
        selector: 'app=databse',
        nearest: [{ pod: 'database', labels: 'app=database' }],
      },
      produce: async ({ createBox, createService }) => {
        await createBox('database', { labels: { app: 'database' } });
        await createService('mistyped', { selector: { app: 'databse' }, ports: [PORT] });
        return { options: { postgresService: 'mistyped' } };
      },
    }),
    scenario({
      name: 'The service has no selector, and leads out of the cluster',
      code: 'SERVICE_WITHOUT_PODS',
      rung: 'pods',
      waited: false,
      args: { service: 'outside', namespace: 'shop', selector: null, nearest: [] },
      produce: async ({ createService }) => {
        await createService('outside', { type: 'ExternalName', externalName: 'db.example', ports: [PORT] });
        return { options: { postgresService: 'outside' } };
      },
    }),
    scenario({
      name: 'The service has no such port',
      code: 'SERVICE_WITHOUT_PORT',
      rung: 'service',
      waited: false,
      args: { service: 'ports', port: '5433', ports: ['80 (web)', '5432 (pg)'] },
      produce: async ({ createService }) => {
        const ports = [
          { name: 'web', port: 80 },
          { name: 'pg', port: 5432 },
        ];
        await createService('ports', { selector: { app: 'database' }, ports });
        return { options: { postgresService: 'ports', port: '5433' } };
      },
    }),
    scenario({
      name: 'The service leads to a port by a name that the pod does not use',
      code: 'PORT_UNNAMED',
      rung: 'pods',
      waited: false,
      args: { pod: 'database', port: 'pgsql', ports: [] },
      produce: async ({ createService }) => {
        const ports = [{ port: 5432, targetPort: 'pgsql' }];
        await createService('names', { selector: { app: 'database' }, ports });
        return { options: { postgresService: 'names' } };
      },
    }),
    scenario({
      name: 'There is no such pod',
      code: 'POD_MISSING',
      rung: 'pods',
      waited: false,
      args: { pod: 'databese', namespace: 'shop', nearest: ['database'] },
      produce: async () => ({ options: { pod: 'databese' } }),
    }),
    scenario({
      name: 'No node has room for the pod',
      code: 'POD_UNSCHEDULABLE',
      rung: 'pods',
      waited: true,
      args: { pod: 'large', reason: '0/1 nodes are available: 1 Insufficient cpu.' },
      loose: { reason: /Insufficient cpu/ },
      produce: async ({ createBox }) => {
        await createBox('large', {
          container: { resources: { requests: { cpu: '1000' } } },
          until: ({ status }) =>
            status?.conditions?.some(({ reason }) => reason === 'Unschedulable') === true,
        });
        return { options: { pod: 'large' } };
      },
    }),
    scenario({
      name: 'The image cannot be pulled',
      code: 'IMAGE_NOT_PULLABLE',
      rung: 'pods',
      waited: false,
      args: {
        pod: 'unknown',
        container: 'box',
        image: 'localhost:1/nobody/postgres:17',
        reason: 'ImagePullBackOff: Back-off pulling image "localhost:1/nobody/postgres:17"',
      },
      loose: { reason: /localhost:1\/nobody/ },
      evidence: ['Failed: Failed to pull image "localhost:1/nobody/postgres:17": … connection refused'],
      evidenceLike: /Failed to pull image/,
      produce: async ({ createBox }) => {
        await createBox('unknown', {
          container: { image: 'localhost:1/nobody/postgres:17' },
          until: isWaiting('ErrImagePull', 'ImagePullBackOff'),
        });
        return { options: { pod: 'unknown' } };
      },
    }),
    scenario({
      name: 'The container names a Secret that is not there',
      code: 'CONTAINER_NOT_CREATED',
      rung: 'pods',
      waited: false,
      args: {
        pod: 'incomplete',
        container: 'box',
        reason: 'CreateContainerConfigError: secret "postgres-auth" not found',
      },
      evidence: ['Failed: Error: secret "postgres-auth" not found'],
      evidenceLike: /secret "postgres-auth" not found/,
      produce: async ({ createBox }) => {
        const secretKeyRef = { name: 'postgres-auth', key: 'password' };
        await createBox('incomplete', {
          container: { env: [{ name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef } }] },
          until: isWaiting('CreateContainerConfigError'),
        });
        return { options: { pod: 'incomplete' } };
      },
    }),
    scenario({
      name: 'The container ends again and again',
      code: 'POD_CRASH_LOOP',
      rung: 'pods',
      waited: false,
      args: { pod: 'crashing', container: 'box', exitCode: 3, restarts: 1 },
      loose: { restarts: /^[1-9]$/ },
      evidence: ['FATAL:  data directory "/var/lib/postgresql/data" has invalid permissions'],
      produce: async ({ createBox }) => {
        const line = 'FATAL:  data directory "/var/lib/postgresql/data" has invalid permissions';
        await createBox('crashing', {
          container: { command: ['sh', '-c', `echo '${line}'; exit 3`] },
          until: isWaitingAnew(),
        });
        return { options: { pod: 'crashing' } };
      },
    }),
    scenario({
      name: 'The container is killed for want of memory',
      code: 'POD_OOM_KILLED',
      rung: 'pods',
      waited: false,
      args: { pod: 'greedy', container: 'box', restarts: 1 },
      loose: { restarts: /^\d$/ },
      evidence: ['reading all of it'],
      produce: async ({ createBox }) => {
        await createBox('greedy', {
          container: {
            command: ['sh', '-c', 'echo reading all of it; exec tail /dev/zero'],
            resources: { limits: { memory: '20Mi' } },
            readinessProbe: NEVER,
          },
          until: (pod) =>
            isWaiting('CrashLoopBackOff')(pod) &&
            pod.status?.containerStatuses?.[0]?.lastState?.terminated?.reason === 'OOMKilled',
        });
        return { options: { pod: 'greedy' } };
      },
    }),
    scenario({
      name: 'The readiness probe does not pass',
      code: 'POD_NOT_READY',
      rung: 'pods',
      waited: true,
      args: { pod: 'unready', container: 'box', reason: 'its readiness probe does not pass' },
      evidence: ['Unhealthy: Readiness probe failed: the disk does not answer', 'waiting for the disk'],
      evidenceLike: /Readiness probe failed: the disk does not answer[\s\S]*\nwaiting for the disk$/,
      produce: async ({ createBox, namespace, waitFor }) => {
        await createBox('unready', {
          container: {
            command: ['sh', '-c', 'echo waiting for the disk; exec sleep 100000'],
            readinessProbe: NEVER,
          },
          until: isRunning,
        });
        const client = await import('@kubernetes/client-node');
        const core = namespace.config.makeApiClient(client.CoreV1Api);
        await waitFor('the event of the probe', async () => {
          const { items } = await core.listNamespacedEvent({
            namespace: namespace.name,
            fieldSelector: 'involvedObject.name=unready,reason=Unhealthy',
          });
          return items.length > 0 ? true : null;
        });
        return { options: { pod: 'unready' } };
      },
    }),
    scenario({
      name: 'The pod is still being prepared',
      code: 'POD_STARTING',
      rung: 'pods',
      waited: true,
      args: { pod: 'preparing', reason: 'PodInitializing' },
      produce: async ({ busybox, createBox }) => {
        const initContainers = [{ name: 'init', image: busybox, command: ['sleep', '100000'] }];
        await createBox('preparing', {
          pod: {
            initContainers,
            containers: [{ name: 'box', image: busybox, command: ['sleep', '100000'] }],
          },
          until: ({ status }) => status?.initContainerStatuses?.[0]?.state?.running !== undefined,
        });
        return { options: { pod: 'preparing' } };
      },
    }),
    scenario({
      name: 'The pod is just being replaced',
      code: 'POD_BEING_REPLACED',
      rung: 'pods',
      waited: true,
      args: { pod: 'leaving' },
      produce: async ({ busybox, createBox, namespace }) => {
        const command = ['sh', '-c', 'trap : TERM; while :; do sleep 1; done'];
        await createBox('leaving', {
          pod: { terminationGracePeriodSeconds: 300, containers: [{ name: 'box', image: busybox, command }] },
        });
        const client = await import('@kubernetes/client-node');
        const core = namespace.config.makeApiClient(client.CoreV1Api);
        await core.deleteNamespacedPod({ namespace: namespace.name, name: 'leaving' });
        return { options: { pod: 'leaving' } };
      },
    }),
    scenario({
      name: 'The pod has ended',
      code: 'POD_FAILED',
      rung: 'pods',
      waited: false,
      args: { pod: 'ended', phase: 'Failed', reason: 'container box ended with exit code 1' },
      produce: async ({ busybox, createBox }) => {
        await createBox('ended', {
          pod: { restartPolicy: 'Never', containers: [{ name: 'box', image: busybox, command: ['false'] }] },
          until: ({ status }) => status?.phase === 'Failed',
        });
        return { options: { pod: 'ended' } };
      },
    }),
  ],
};
