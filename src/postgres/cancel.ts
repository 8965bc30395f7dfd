import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ConnectionConfig } from './config.js';
import { type Encryption, openTransport } from './transport.js';

const BUDGET_MS = 2_000;

/**
 * Sends a CancelRequest over a connection of its own and waits until the server has taken it; never throws.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function sendCancel(
  config: ConnectionConfig,
  encryption: Encryption,
  pid: number,
  key: number,
  stream?: () => Duplex,
): Promise<void> {
  const signal = AbortSignal.timeout(BUDGET_MS);
  try {
    const transport = await openTransport(config, encryption, signal, stream);
    const message = Buffer.alloc(16);
    message.writeInt32BE(16, 0);
    message.writeInt32BE(80_877_102, 4);
    message.writeInt32BE(pid, 8);
    message.writeInt32BE(key, 12);
    transport.on('error', () => {}).resume();
    transport.end(message);
    await finished(transport, { signal }).finally(() => transport.destroy());
  } catch {
    // The caller's own budget ends the session where cancelling does not.
  }
}
