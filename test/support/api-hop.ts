import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { createAdminConfig, loadClient } from './cluster.js';

/** A hop of the network between us and the API server, which may fail. */
export interface ApiHop {
  /** How many connections were made through it. */
  readonly connections: number;
  /** Resets all connections; returns how many there were. */
  drop(): number;
  /** Takes no more connections; those that there are stay. */
  refuse(): void;
  accept(): void;
  /** From now on takes everything, and lets nothing through. */
  freeze(): void;
  /** Writes a kubeconfig of the administrator's that leads through it. */
  writeKubeconfig(path: string, namespace?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startApiHop(): Promise<ApiHop> {
  const { KubeConfig } = await loadClient();
  const admin = await createAdminConfig();
  const cluster = admin.getCurrentCluster()!;
  const { hostname, port, protocol } = new URL(cluster.server);
  const target = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  const open = new Set<net.Socket>();
  let frozen = false;
  let refusing = false;
  let connections = 0;
  const join = (from: net.Socket, to: net.Socket): void => {
    open.add(from);
    from.on('data', (data) => frozen || to.write(data));
    from.on('error', () => {});
    from.once('end', () => to.end());
    from.once('close', () => {
      open.delete(from);
      to.destroy();
    });
  };
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    if (refusing) return void near.resetAndDestroy();
    connections += 1;
    const far = net.connect({ ...target, allowHalfOpen: true });
    join(near, far);
    join(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as net.AddressInfo).port;
  const drop = (): number => {
    const count = open.size / 2;
    for (const socket of open) socket.resetAndDestroy();
    return count;
  };
  return {
    get connections() {
      return connections;
    },
    drop,
    refuse: () => {
      refusing = true;
    },
    accept: () => {
      refusing = false;
    },
    freeze: () => {
      frozen = true;
    },
    async writeKubeconfig(path, namespace) {
      const config = new KubeConfig();
      const name = 'hop';
      const tlsServerName = net.isIP(target.host) === 0 ? { tlsServerName: target.host } : {};
      config.loadFromOptions({
        clusters: [{ ...cluster, ...tlsServerName, name, server: `${protocol}//127.0.0.1:${own}` }],
        users: [{ ...admin.getCurrentUser()!, name }],
        contexts: [{ name, cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) }],
        currentContext: name,
      });
      await writeFile(path, config.exportConfig(), { mode: 0o600 });
    },
    async stop() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}
