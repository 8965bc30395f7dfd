import type { Duplex } from 'node:stream';

/** Gives a connected stream the socket methods that pg calls; `connect` only tells that it is connected. */
export function openSocket(transport: Duplex): Duplex {
  const self = (): Duplex => transport;
  const socket = transport as Duplex & Record<string, unknown>;
  for (const method of ['setNoDelay', 'setKeepAlive', 'ref', 'unref']) {
    socket[method] ??= self;
  }
  Object.defineProperty(socket, 'connect', {
    value: () => {
      queueMicrotask(() => transport.emit('connect'));
      return transport;
    },
  });
  return transport;
}
