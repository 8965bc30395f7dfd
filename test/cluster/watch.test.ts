import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, createApi } from '../../src/cluster/api.js';
import { readKubeConfig } from '../../src/cluster/kube-config.js';
import { createClusterRoute } from '../../src/run/cluster-route.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace, waitFor } from '../support/cluster.js';

describe.skipIf(!hasCluster)('waiting for a pod', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await createNamespace();
  }, 200_000);
  afterAll(() => namespace?.remove());

  const createPod = (name: string) =>
    namespace.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'box',
            image: getCluster().images.busybox,
            command: ['sleep', '100000'],
            readinessProbe: { exec: { command: ['true'] }, initialDelaySeconds: 3, periodSeconds: 1 },
          },
        ],
      },
    });

  test.each([
    ['by its labels', { selector: 'app=selected', pod: null, name: 'selected' }, false],
    ['by its name', { selector: null, pod: 'named', name: 'named' }, true],
  ])(
    '%s: it looks again when the watch tells of a change, and not before',
    async (_, { name, pod, selector }, isThere) => {
      const real = createApi(await readKubeConfig({ kubeconfig: getCluster().kubeconfig, context: null }));
      const seen = { looks: 0, changes: 0, watches: 0 };
      const api: Api = {
        ...real,
        read: (ask, signal) => {
          if (ask.resource === 'pods') seen.looks += 1;
          return real.read(ask, signal);
        },
        watch: (ask, onChange, signal) => {
          seen.watches += 1;
          const count = (object: never): boolean => {
            seen.changes += 1;
            return onChange(object);
          };
          return real.watch(ask, count, signal);
        },
      };
      if (isThere) await createPod(name);
      const start = performance.now();
      const wanted = { namespace: namespace.name, service: null, pod, selector, port: null };
      const route = createClusterRoute(api, wanted, undefined);
      const waiting = route.prepare({ timeoutMs: 120_000, signal: undefined });
      if (!isThere) {
        await waitFor('the watch', async () => (seen.watches > 0 ? true : null));
        await createPod(name);
      }
      await waiting;
      expect(route.endpoint?.pod.metadata.name).toBe(name);
      expect(seen.watches).toBeGreaterThan(0);
      // Where nothing is deployed yet, each look also asks for labels that come near; and a lost watch is made up for.
      const others = isThere ? 0 : 1 + seen.changes;
      const longLooks = Math.floor((performance.now() - start) / 10_000);
      expect(seen.looks).toBeLessThanOrEqual(1 + seen.changes + others + 2 * longLooks);
    },
  );
});
