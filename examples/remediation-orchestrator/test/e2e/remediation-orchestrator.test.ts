import { PassThrough } from 'node:stream';
import { createRemediationOrchestratorCluster, deleteRemediationOrchestratorCluster } from 'plinth/kubernaut';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureControllerImage } from '../../../../scripts/cluster/images.js';
import type { Session } from '../../../../src/postgres/session.js';
import { openInCluster } from '../../../../test/cluster/support.js';
import {
  createNamespace,
  getCluster,
  hasCluster,
  isReady,
  loadClient,
  openNamespace,
  type TestNamespace,
  waitFor,
} from '../../../../test/support/cluster.js';
import { createInfrastructure, type Infrastructure } from '../infrastructure/remediation-orchestrator.js';

const SETUP_MS = 300_000;
const TOLD = {
  created: 'orchestrator.lifecycle.created',
  started: 'orchestrator.lifecycle.started',
  transitioned: 'orchestrator.lifecycle.transitioned',
  completed: 'orchestrator.lifecycle.completed',
  failed: 'orchestrator.lifecycle.failed',
  requested: 'orchestrator.approval.requested',
  approved: 'orchestrator.approval.approved',
  rejected: 'orchestrator.approval.rejected',
};
const SUCCESS = [TOLD.created, TOLD.started, TOLD.transitioned, TOLD.completed];

describe.skipIf(!hasCluster)('the Remediation Orchestrator', { timeout: SETUP_MS }, () => {
  let ro: Infrastructure;
  let namespace: TestNamespace;
  const output = new PassThrough().setEncoding('utf8');

  beforeAll(async () => {
    const { images, kubeconfig } = getCluster();
    const controllerImage = await ensureControllerImage(process.cwd());
    ro = await createInfrastructure({ kubeconfig, postgresImage: images.postgres, controllerImage, output });
    // Twice at once, as two suites may do.
    await Promise.all([ro.create(), ro.create()]);
    namespace = await openNamespace(ro.namespace);
    await namespace.create(createDeployment('shop', images.busybox));
  }, SETUP_MS);
  afterAll(() => ro?.remove(), SETUP_MS);

  const withSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const session = await openInCluster(namespace);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const readEvents = (name: string): Promise<unknown[]> =>
    withSession(async (session) => {
      const rows = await session.query(`select event_type from audit_events where correlation_id = '${name}'
        order by event_timestamp, array_position(array['${Object.values(TOLD).join("','")}'], event_type::text)`);
      return rows.map((row) => row['event_type']);
    });

  test('is made once: another call changes nothing, and the log says what was made', async () => {
    expect(output.read()).toContain('Made: public.audit_events');
    await ro.create();
    const again = String(output.read());
    expect(again).toContain('Nothing to do');
    expect(again).toContain('The RO controller');
  });

  test('writes an event for each step of a request that succeeds', async () => {
    await ro.createRequest('succeeds', { deployment: 'shop' });
    await ro.waitFor('succeeds', 'Completed');
    expect(await readEvents('succeeds')).toEqual(SUCCESS);
    const [row] = await withSession((session) =>
      session.query(`select actor_id, event_category, event_data, event_outcome, namespace from audit_events
        where correlation_id = 'succeeds' and event_type = '${TOLD.completed}'`),
    );
    expect(row).toEqual({
      actor_id: 'remediationorchestrator',
      event_category: 'orchestration',
      event_data: { from: 'Executing', to: 'Completed', reason: 'restarted deployment shop' },
      event_outcome: 'success',
      namespace: ro.namespace,
    });
  });

  test('tells why a request failed', async () => {
    await ro.createRequest('fails', { deployment: 'nowhere' });
    const { status } = await ro.waitFor('fails', 'Failed');
    expect(status?.reason).toBe('there is no deployment nowhere');
    expect(await readEvents('fails')).toEqual([...SUCCESS.slice(0, 3), TOLD.failed]);
  });

  test('waits for an approval, and goes on with it', async () => {
    await ro.createRequest('asks', { deployment: 'shop', requiresApproval: true });
    await ro.waitFor('asks', 'AwaitingApproval');
    await ro.decide('asks', 'approved');
    await ro.waitFor('asks', 'Completed');
    const { approved, completed, created, requested, started, transitioned } = TOLD;
    const all = [created, started, transitioned, requested, transitioned, approved, completed];
    expect((await readEvents('asks')).sort()).toEqual(all.sort());
  });

  test('ends with a refusal, which may be in the status', async () => {
    await ro.createRequest('is-refused', { deployment: 'shop', requiresApproval: true });
    await ro.waitFor('is-refused', 'AwaitingApproval');
    await ro.decide('is-refused', 'refused', 'status');
    await ro.waitFor('is-refused', 'Failed');
    const { created, failed, rejected, requested, started, transitioned } = TOLD;
    const all = [created, started, transitioned, requested, rejected, failed];
    expect((await readEvents('is-refused')).sort()).toEqual(all.sort());
  });

  test('takes each step once where there are two of it', async () => {
    await ro.scale(2);
    const all = 'app=remediation-orchestrator';
    await waitFor('two that are ready', async () => {
      const pods = await namespace.listPods(all);
      return pods.filter(isReady).length === 2 || null;
    });
    const names = Array.from({ length: 10 }, (_, index) => `is-shared-${index}`);
    await Promise.all(names.map((name) => ro.createRequest(name, { deployment: 'shop' })));
    for (const name of names) await ro.waitFor(name, 'Completed');
    for (const name of names) expect(await readEvents(name)).toEqual(SUCCESS);
    // Another call makes it one again.
    await ro.create();
    await waitFor('one', async () => (await namespace.listPods(all)).length === 1 || null);
  });

  test('loses and doubles nothing when it and PostgreSQL are killed in the middle', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `survives-${index}`);
    const kill = async (index: number): Promise<void> => {
      if (index === 3 || index === 9) {
        const [pod] = await namespace.listPods('app=remediation-orchestrator');
        await namespace.deletePod(pod!.metadata!.name!);
      }
      if (index === 6) {
        const stop = 'kill -QUIT $(head -1 /var/lib/postgresql/18/docker/postmaster.pid)';
        await namespace.execute('postgres-0', 'sh', '-c', stop);
      }
    };
    for (const [index, name] of names.entries()) {
      await ro.createRequest(name, { deployment: 'shop' });
      await kill(index);
    }
    for (const name of names) await ro.waitFor(name, 'Completed');
    for (const name of names) expect(await readEvents(name)).toEqual(SUCCESS);
  });

  test('tells which step failed and why: a table that is not as the history makes it', async () => {
    await withSession((session) =>
      session.execute('drop schema plinth cascade; alter table audit_events add column surplus int'),
    );
    const error = await ro.create().catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(/^failed to apply migrations: .*audit_events/);
    expect(error).toMatchObject({ code: 'CLUSTER_STEP_FAILED', cause: { name: 'TableExistsError' } });
  });

  test('a quota that is used up is named, and not waited for; a namespace of somebody else stays', async () => {
    const full = await createNamespace();
    try {
      await full.create(createQuota());
      const creating = createRemediationOrchestratorCluster(getCluster().kubeconfig, new PassThrough(), {
        ...ro.options,
        namespace: full.name,
      });
      const error = await creating.catch((thrown: unknown) => thrown);
      expect((error as Error).message).toMatch(
        /^failed to deploy PostgreSQL: the cluster does not let StatefulSet postgres make its pods: .*exceeded quota/,
      );
      const { kubeconfig } = getCluster();
      const log = new PassThrough().setEncoding('utf8');
      await deleteRemediationOrchestratorCluster(kubeconfig, log, { namespace: full.name });
      expect(log.read()).toContain('the namespace itself was there before, and stays');
      const { AppsV1Api } = await loadClient();
      const left = await full.config
        .makeApiClient(AppsV1Api)
        .listNamespacedStatefulSet({ namespace: full.name });
      expect(left.items).toEqual([]);
    } finally {
      await full.remove();
    }
  });

  test('an image that cannot be had, and a latest one, are one clear error each', async () => {
    const { kubeconfig } = getCluster();
    const create = (more: object): Promise<void> =>
      createRemediationOrchestratorCluster(kubeconfig, new PassThrough(), { ...ro.options, ...more });
    await expect(create({ postgresImage: 'postgres:latest' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    });
    const controllerImage = 'localhost/plinth/no-such-image:1';
    const namespace = `${ro.namespace}-none`;
    try {
      const error = await create({ controllerImage, namespace }).catch((thrown: unknown) => thrown);
      expect((error as Error).message).toContain(
        `failed to deploy the RO controller: the image ${controllerImage}`,
      );
      expect(error).toMatchObject({ code: 'CLUSTER_STEP_FAILED', cause: { code: 'IMAGE_NOT_PULLABLE' } });
    } finally {
      for (const said of ['is gone, with all in it', 'There was no namespace']) {
        const log = new PassThrough().setEncoding('utf8');
        await deleteRemediationOrchestratorCluster(kubeconfig, log, { namespace });
        expect(log.read()).toContain(said);
      }
    }
  });
});

function createQuota() {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'nothing' },
    spec: { hard: { pods: '0' } },
  };
}

function createDeployment(name: string, image: string) {
  const labels = { app: name };
  const container = { name, image, command: ['sleep', '3600'] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, containers: [container] },
      },
    },
  };
}
