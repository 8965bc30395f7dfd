import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/cluster/api.js';
import { readKubeConfig } from '../../src/cluster/kube-config.js';
import { createTunnel, TunnelError } from '../../src/cluster/tunnel.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const MEGABYTE = 1024 * 1024;

describe.skipIf(!hasCluster)('the tunnel', () => {
  let namespace: TestNamespace;
  let pod: string;
  beforeAll(async () => {
    namespace = await createNamespace();
    pod = await (await deployPostgres(namespace)).waitUntilReady();
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'echo' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'echo',
            image: getCluster().images.busybox,
            command: ['nc', '-ll', '-p', '7000', '-e', 'cat'],
          },
        ],
      },
    } as never);
    await namespace.waitForPod('echo', ({ status }) => status?.phase === 'Running');
  }, 200_000);
  afterAll(() => namespace?.remove());

  const open = async (port: number, to = pod) => {
    const access = await readKubeConfig({ kubeconfig: getCluster().kubeconfig, context: null });
    return createTunnel(createApi(access).access, { namespace: namespace.name, pod: to, port });
  };

  test('64 MB go out and come back whole, while memory stays flat', async () => {
    const tunnel = await open(7000, 'echo');
    const block = Buffer.alloc(MEGABYTE, 'plinth ');
    const twice = Buffer.concat([block, block]);
    // The most that was used while the first and the second half went through.
    const most: [number, number] = [0, 0];
    let received = 0;
    let isSame = true;
    const reading = (async () => {
      for await (const chunk of tunnel as AsyncIterable<Buffer>) {
        const from = received % MEGABYTE;
        isSame &&= chunk.equals(twice.subarray(from, from + chunk.length));
        received += chunk.length;
        const half = received <= 32 * MEGABYTE ? 0 : 1;
        most[half] = Math.max(most[half], process.memoryUsage.rss());
        if (received === 64 * MEGABYTE) return;
      }
    })();
    for (let sent = 0; sent < 64; sent += 1) {
      if (!tunnel.write(block)) await new Promise((resolve) => tunnel.once('drain', resolve));
    }
    await reading;
    tunnel.destroy();
    expect({ received, isSame }).toEqual({ received: 64 * MEGABYTE, isSame: true });
    expect(most[1] - most[0]).toBeLessThan(16 * MEGABYTE);
  });

  test('a port that nobody listens on is an error with the kubelet’s words', async () => {
    const tunnel = await open(5433);
    tunnel.resume();
    const error = await new Promise<Error>((resolve) => tunnel.once('error', resolve));
    expect(error).toBeInstanceOf(TunnelError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', message: expect.stringContaining('5433') });
  });

  test('a pod that dies ends its tunnels at once', async () => {
    const session = await openInCluster(namespace);
    const failing = session.query('select pg_sleep(600)').catch((error: unknown) => error);
    await namespace.deletePod(pod);
    expect(await failing).toBeInstanceOf(Error);
    expect(await session.closed).toBeInstanceOf(Error);
  });
});
