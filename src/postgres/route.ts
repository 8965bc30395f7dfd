import type { Duplex } from 'node:stream';
import type { PlinthError } from '../errors.js';

/**
 * What a client ends a session with, and the server answers by closing the connection.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html (Terminate)
 */
export const TERMINATE = Buffer.of(0x58, 0, 0, 0, 4);

/** A way to PostgreSQL other than dialling host and port. */
export interface Route {
  /** Ends when there is something to connect to; throws where waiting cannot bring it about, or the budget ran out. */
  prepare(within: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined }): Promise<void>;
  /** One new connection. */
  open(): Duplex;
  /** What this error of a stream means, where no further attempt can help; else null. */
  getError(error: unknown): PlinthError | null;
  /** What is told once no time is left; null where the route knows no better than the connection. */
  getLastError(error: unknown, waitedMs: number): PlinthError | null;
}
