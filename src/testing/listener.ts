import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';

/** A port of this machine that leads elsewhere. */
export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and leads each connection into a stream of its own; the process does not wait for it. */
export async function startListener(createStream: () => Duplex): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const stream = createStream();
    // Either end that goes takes the other along.
    const end = (): void => {
      socket.destroy();
      stream.destroy();
    };
    pipeline(socket, stream, end);
    pipeline(stream, socket, end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
