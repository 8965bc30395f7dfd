import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import { ApiError, type ApiProblem } from './api.js';
import { ASKS } from './asks.js';
import type { ClusterAccess } from './kube-config.js';

export interface TunnelTarget {
  readonly namespace: string;
  readonly pod: string;
  /** The port inside of the pod. */
  readonly port: number;
}

/** The stream ended because of what is at its other end; `code` is the operating system's where the kubelet tells it. */
export class TunnelError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}
Object.defineProperty(TunnelError.prototype, 'name', { value: 'TunnelError' });

// https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cri/streaming/portforward/websocket.go
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
const PING_MS = 10_000;
const LAST_WORDS_MS = 20;
const HIGH_WATER = 64 * 1024;
const OPTIONS = { perMessageDeflate: false, handshakeTimeout: PING_MS } as const;

export interface TunnelOptions {
  /** A peer that has not said a thing from one of these to the next but one is gone; milliseconds. Default: 10 s. */
  readonly pingMs?: number;
  /** After our end, the silence of the other one that ends the tunnel; milliseconds. Default: 20. */
  readonly lastWordsMs?: number;
  /** A message that the other end answers with its own end alone: after it there are no last words. Default: none. */
  readonly farewell?: Buffer | undefined;
}

/**
 * A connection to a port of a pod, through the API server: no kubectl, no local port. Back-pressure holds both ways; a
 * stream or an error channel that ends is an error at once.
 */
export function createTunnel(
  access: ClusterAccess,
  target: TunnelTarget,
  options: TunnelOptions = {},
): Duplex {
  return new Tunnel(access, target, options);
}

/** Loads what tunnels are made of; the first one waits for it else. */
export async function ensureTunnels(): Promise<typeof WebSocket> {
  return (await import('ws')).default;
}

class Tunnel extends Duplex {
  readonly #access: ClusterAccess;
  readonly #target: TunnelTarget;
  readonly #pingMs: number;
  readonly #lastWordsMs: number;
  readonly #farewell: Buffer | undefined;
  readonly #opening = new AbortController();
  #socket: WebSocket | null = null;
  #wire: Socket | null = null;
  #isHeld = true;
  #pinging: NodeJS.Timeout | undefined;
  #isAlive = true;
  #isOver = false;
  // Each channel begins with the two bytes of its port.
  #left: [data: number, error: number] = [2, 2];

  constructor(access: ClusterAccess, target: TunnelTarget, options: TunnelOptions) {
    super({ readableHighWaterMark: HIGH_WATER, writableHighWaterMark: HIGH_WATER, allowHalfOpen: false });
    this.#access = access;
    this.#target = target;
    this.#pingMs = options.pingMs ?? PING_MS;
    this.#lastWordsMs = options.lastWordsMs ?? LAST_WORDS_MS;
    this.#farewell = options.farewell;
  }

  override _construct(callback: (error?: Error | null) => void): void {
    const { signal } = this.#opening;
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    Promise.race([this.#open(), aborted]).then(
      () => callback(),
      (error: Error) => callback(this.destroyed ? null : error),
    );
  }

  // Node would wait for the end of the opening, and that may be a plugin or a server that never answers.
  override destroy(error?: Error): this {
    super.destroy(error);
    this.#opening.abort();
    return this;
  }

  /** As of a net.Socket: whether the process waits for it before it ends. */
  ref(): this {
    this.#isHeld = true;
    this.#wire?.ref();
    return this;
  }

  unref(): this {
    this.#isHeld = false;
    this.#wire?.unref();
    return this;
  }

  async #open(): Promise<void> {
    const { namespace, pod, port } = this.#target;
    const ask = ASKS.portForward(namespace, pod, port);
    const Client = await ensureTunnels();
    for (const fresh of [false, true]) {
      const authorization = await this.#access.authorize(fresh);
      if (this.destroyed) return;
      const url = `${this.#access.server.replace(/^http/, 'ws')}${ask.path}`;
      const options = { ...(authorization as unknown as WebSocket.ClientOptions), ...OPTIONS };
      const refused = await this.#connect(new Client(url, [PROTOCOL], options));
      if (refused === null) return;
      if (refused.status === 401 && !fresh) continue;
      const problem = PROBLEMS[refused.status] ?? (refused.status >= 500 ? 'failed' : 'refused');
      throw new ApiError(problem, ask, refused.message, refused.status);
    }
  }

  #connect(socket: WebSocket): Promise<{ readonly status: number; readonly message: string } | null> {
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.once('upgrade', (response: IncomingMessage) => {
        this.#wire = response.socket;
        if (!this.#isHeld) this.unref();
      });
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('close', () => resolve({ status: response.statusCode ?? 0, message: getReason(text) }));
      });
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        this.#listen(socket);
        resolve(null);
      });
    });
  }

  #listen(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => this.#take(socket, data));
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', (code, reason) => {
      clearInterval(this.#pinging);
      // The kubelet ends the stream so where the server inside of the pod has closed its connection.
      if (code === 1000 || code === 1005) this.push(null);
      else
        this.destroy(
          new TunnelError(
            `the tunnel was closed (${code}${reason.length > 0 ? ` ${reason}` : ''})`,
            'ECONNRESET',
          ),
        );
    });
    this.#pinging = setInterval(() => this.#ping(socket), this.#pingMs);
    this.#pinging.unref();
  }

  #ping(socket: WebSocket): void {
    // What waits to be read, or to be sent, keeps pings and their answers waiting, too.
    const isHeld = (): boolean => socket.isPaused || socket.bufferedAmount > 0;
    if (isHeld()) {
      this.#isAlive = true;
      return;
    }
    if (this.#isAlive) {
      this.#isAlive = false;
      socket.ping();
      return;
    }
    // Where this process was busy, the answer may be there and unread.
    setImmediate(() => {
      if (!this.#isAlive && !isHeld())
        this.destroy(new TunnelError('the tunnel does not answer', 'ETIMEDOUT'));
    });
  }

  #take(socket: WebSocket, message: Buffer): void {
    this.#isAlive = true;
    const channel = message[0];
    if (channel !== DATA && channel !== ERROR) return;
    const skip = Math.min(this.#left[channel], message.length - 1);
    this.#left[channel] -= skip;
    const data = message.subarray(1 + skip);
    if (data.length === 0) return;
    if (channel === ERROR) {
      const text = data.toString('utf8').trim();
      this.destroy(new TunnelError(text, /refused/i.test(text) ? 'ECONNREFUSED' : 'ECONNRESET'));
    } else if (!this.push(data)) socket.pause();
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#isOver = this.#farewell?.equals(chunk) === true;
    this.#socket!.send(Buffer.concat([Buffer.of(DATA), chunk]), callback);
  }

  // The protocol has no half-close, and the kubelet tells of the other end's a second late: what still comes is taken
  // until there is nothing more of it.
  override _final(callback: (error?: Error | null) => void): void {
    const socket = this.#socket!;
    if (socket.readyState === socket.CLOSED) {
      callback();
      return;
    }
    socket.once('close', () => callback());
    if (this.#isOver) {
      socket.close(1000);
      return;
    }
    const silence = setTimeout(() => {
      if (socket.isPaused) silence.refresh();
      else socket.close(1000);
    }, this.#lastWordsMs);
    // What is let go is not waited for: the end of the process ends it.
    if (!this.#isHeld) silence.unref();
    socket.on('message', () => silence.refresh());
    socket.once('close', () => clearTimeout(silence));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#pinging);
    this.#socket?.on('error', () => {}).terminate();
    callback(error);
  }
}

const PROBLEMS: Readonly<Record<number, ApiProblem>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
};

function getReason(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text);
  } catch {
    return text.slice(0, 300).trim();
  }
}
