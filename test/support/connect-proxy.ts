import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that leads wherever CONNECT says, and remembers where that was. */
export interface ConnectProxy {
  readonly url: string;
  /** `host:port`, one for each connection. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, near: Socket, head: Buffer) => {
    asked.push(request.url!);
    const { hostname, port } = new URL(`http://${request.url}`);
    const far = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(near);
      near.pipe(far);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one
        .on('error', () => {})
        .once('close', () => {
          open.delete(one);
          other.destroy();
        });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
