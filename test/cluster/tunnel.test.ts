import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKubeConfig } from '../../src/cluster/kube-config.js';
import { createTunnel, TunnelError, type TunnelOptions } from '../../src/cluster/tunnel.js';
import { createBundle } from '../cli/helpers/bundle.js';
import { type ApiHop, startApiHop } from '../support/api-hop.js';
import { createNamespace, getCluster, hasCluster, type TestNamespace } from '../support/cluster.js';
import { deployPostgres } from '../support/cluster-postgres.js';
import { openInCluster } from './support.js';

const MEGABYTE = 1024 * 1024;
/** What the ports of the pod `peer` do. */
const PORTS = { echo: 7000, talker: 7001, deaf: 7002 } as const;

describe.skipIf(!hasCluster)('the tunnel', () => {
  let namespace: TestNamespace;
  let pod: string;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-tunnel-'));
    namespace = await createNamespace();
    const listen = (name: keyof typeof PORTS, ...program: string[]) => ({
      name,
      image: getCluster().images.busybox,
      command: ['nc', '-ll', '-p', String(PORTS[name]), '-e', ...program],
    });
    await namespace.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'peer' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          listen('echo', 'cat'),
          listen('talker', 'cat', '/dev/zero'),
          listen('deaf', 'sleep', '100000'),
        ],
      },
    } as never);
    pod = await (await deployPostgres(namespace)).waitUntilReady();
    await namespace.waitForPod('peer', ({ status }) => status?.phase === 'Running');
  }, 200_000);
  afterAll(async () => {
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (
    port: number,
    to = 'peer',
    options: TunnelOptions = {},
    kubeconfig = getCluster().kubeconfig,
  ): Promise<Duplex> => {
    const access = await readKubeConfig({ kubeconfig, context: null });
    return createTunnel(access, { namespace: namespace.name, pod: to, port }, options);
  };

  /** Sends megabytes to what sends them back; the most memory that each half of them took. */
  async function sendAround(megabytes: number): Promise<{ isSame: boolean; most: [number, number] }> {
    // Whether it is slow is not the question.
    const tunnel = await open(PORTS.echo, 'peer', { lastWordsMs: 10_000 });
    const block = Buffer.alloc(MEGABYTE, 'plinth ');
    const twice = Buffer.concat([block, block]);
    const most: [number, number] = [0, 0];
    let received = 0;
    let isSame = true;
    const reading = (async () => {
      for await (const chunk of tunnel as AsyncIterable<Buffer>) {
        const from = received % MEGABYTE;
        isSame &&= chunk.equals(twice.subarray(from, from + chunk.length));
        received += chunk.length;
        const half = received <= (megabytes / 2) * MEGABYTE ? 0 : 1;
        most[half] = Math.max(most[half], process.memoryUsage.rss());
        if (received === megabytes * MEGABYTE) return;
      }
    })();
    for (let sent = 0; sent < megabytes; sent += 1) {
      if (!tunnel.write(block)) await once(tunnel, 'drain');
    }
    tunnel.end();
    await reading;
    tunnel.destroy();
    return { isSame: isSame && received === megabytes * MEGABYTE, most };
  }

  test('64 MB go out and come back whole after our end, while memory stays flat', async () => {
    const { isSame, most } = await sendAround(64);
    expect(isSame).toBe(true);
    expect(most[1] - most[0]).toBeLessThan(16 * MEGABYTE);
  });

  test('64 MB of COPY go in and come out, while memory stays flat', async () => {
    const session = await openInCluster(namespace);
    await session.execute('create unlogged table copied (line text)');
    const rows = `${'x'.repeat(1023)}\n`.repeat(1024);
    const copy = async (megabytes: number): Promise<number> => {
      for (let sent = 0; sent < megabytes; sent += 1) await session.execute('copy copied from stdin', [rows]);
      await session.execute('copy copied to stdout');
      return process.memoryUsage.rss();
    };
    const before = await copy(8);
    const after = await copy(56);
    expect(await session.query('select count(*)::int as lines from copied')).toEqual([{ lines: 65_536 }]);
    await session.close();
    expect(after - before).toBeLessThan(32 * MEGABYTE);
  });

  test('what nobody reads stays away, and its silence is no death', async () => {
    const tunnel = await open(PORTS.talker, 'peer', { pingMs: 10 });
    const errors: Error[] = [];
    tunnel.on('error', (error) => errors.push(error));
    await once(tunnel, 'readable');
    await sendAround(16);
    expect(tunnel.readableLength).toBeGreaterThan(0);
    expect(tunnel.readableLength).toBeLessThan(MEGABYTE);
    expect(errors).toEqual([]);
    let more = 0;
    for await (const chunk of tunnel as AsyncIterable<Buffer>) {
      more += chunk.length;
      if (more > 16 * MEGABYTE) break;
    }
    expect(errors).toEqual([]);
  });

  test('what the other end does not take is not taken from us', async () => {
    const tunnel = await open(PORTS.deaf, 'peer', { pingMs: 10 });
    const errors: Error[] = [];
    tunnel.on('error', (error) => errors.push(error));
    const block = Buffer.alloc(MEGABYTE);
    for (let sent = 0; sent < 128; sent += 1) tunnel.write(block);
    await sendAround(16);
    expect(tunnel.writableLength).toBeGreaterThan(64 * MEGABYTE);
    expect(errors).toEqual([]);
    tunnel.destroy();
  });

  test('a query is cancelled over a tunnel of its own', async () => {
    const session = await openInCluster(namespace);
    const failing = session.query('select pg_sleep(600)').catch((error: unknown) => error);
    const other = await openInCluster(namespace);
    const sleeping = "select from pg_stat_activity where wait_event = 'PgSleep'";
    while ((await other.query(sleeping)).length === 0);
    await session.cancel();
    expect(await failing).toMatchObject({ code: '57014' });
    expect(await session.query('select 1 as one')).toEqual([{ one: 1 }]);
    await Promise.all([session.close(), other.close()]);
  });

  test('a port that nobody listens on is an error with the kubelet’s words', async () => {
    const tunnel = await open(5433, pod);
    tunnel.resume();
    const [error] = await once(tunnel, 'error');
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

  test('after a farewell nothing is waited for', async () => {
    const farewell = Buffer.from('farewell');
    const tunnel = await open(PORTS.echo, 'peer', { lastWordsMs: 2 ** 30, farewell });
    tunnel.write('here');
    await once(tunnel, 'data');
    const closed = once(tunnel, 'close');
    tunnel.resume().end(farewell);
    await closed;
    expect(tunnel.errored).toBeNull();
  });

  test('one that was let go does not keep the process when it is ended, whatever may still come', async () => {
    const bundle = await createBundle({
      tunnel: 'src/cluster/tunnel.ts',
      config: 'src/cluster/kube-config.ts',
    });
    try {
      const target = { namespace: namespace.name, pod: 'peer', port: PORTS.echo };
      const options = { kubeconfig: getCluster().kubeconfig, context: null };
      const program = `
        import { readKubeConfig } from ${JSON.stringify(join(bundle.dir, 'config.js'))};
        import { createTunnel } from ${JSON.stringify(join(bundle.dir, 'tunnel.js'))};
        const access = await readKubeConfig(${JSON.stringify(options)});
        const tunnel = createTunnel(access, ${JSON.stringify(target)}, { lastWordsMs: 2 ** 30 });
        tunnel.once('data', () => tunnel.unref().end()).write('here');`;
      const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
      expect(status).toBe(0);
    } finally {
      await bundle.remove();
    }
  });

  describe('through a hop that fails', () => {
    let hop: ApiHop;
    let kubeconfig: string;
    beforeAll(async () => {
      hop = await startApiHop();
      kubeconfig = join(folder, 'hop');
      await hop.writeKubeconfig(kubeconfig);
    });
    afterAll(() => hop?.stop());

    const openEcho = async (pingMs: number): Promise<Duplex> => {
      const tunnel = await open(PORTS.echo, 'peer', { pingMs }, kubeconfig);
      tunnel.write('here');
      await once(tunnel, 'data');
      return tunnel;
    };

    test('a connection that is reset is an error at once', async () => {
      const tunnel = await openEcho(60_000);
      const failing = once(tunnel, 'close').catch((error: unknown) => error);
      hop.drop();
      expect(await failing).toMatchObject({ code: 'ECONNRESET' });
    });

    test('a peer that falls silent is noticed; so is one that is silent while we connect', async () => {
      const tunnel = await openEcho(50);
      const failing = once(tunnel, 'close').catch((error: unknown) => error);
      hop.freeze();
      expect(await failing).toMatchObject({ name: 'TunnelError', code: 'ETIMEDOUT' });

      const other = await open(PORTS.echo, 'peer', {}, kubeconfig);
      const seen = once(other, 'error');
      const reached = hop.connections;
      while (hop.connections === reached) await new Promise((done) => setImmediate(done));
      const reason = new Error('given up');
      other.destroy(reason);
      expect(await seen).toEqual([reason]);
    });
  });
});
