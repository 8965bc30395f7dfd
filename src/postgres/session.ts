import type { Duplex } from 'node:stream';
import type { Notification } from 'pg';
import pg from 'pg';
import { createBudget } from './budget.js';
import { sendCancel } from './cancel.js';
import type { ConnectionConfig } from './config.js';
import { waitFor } from './delay.js';
import { createNotices, type NoticeListener } from './notices.js';
import { runWithRows } from './rows.js';
import { openSocket } from './socket.js';
import {
  type Encryption,
  getEncryptions,
  NO_POSTGRES,
  openTransport,
  ProtocolError,
  TlsError,
} from './transport.js';

export interface Row {
  readonly [column: string]: unknown;
}

export interface QueryResult {
  readonly command: string;
  readonly rows: readonly Row[];
  readonly rowCount: number | null;
}

const NOTHING: QueryResult = { command: '', rows: [], rowCount: null };

// A server that does not answer any more does not end the connection either.
const CLOSE_MS = 1_000;

/** One session with PostgreSQL: one connection, one backend. */
export interface Session {
  /** From BackendKeyData; behind a pooler it is the pooler's. */
  readonly backendPid: number;
  /** As `server_version_num`: 180004. */
  readonly serverVersion: number;
  readonly serverVersionText: string;
  /**
   * Simple protocol: several statements in one message, one result each; `rows` go to its COPY … FROM STDIN, one
   * after the other, and its notices to `onNotice` instead of those who listen to all. A server's error is thrown as
   * is, with `completed`. One that is sent before the one before has ended waits for its turn at the server.
   */
  execute(sql: string, rows?: readonly string[], onNotice?: NoticeListener): Promise<readonly QueryResult[]>;
  /** One statement; extended protocol when values are given. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The same, with all that is known of its outcome. */
  run(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
  /** Returns what takes the listener off again. */
  onNotice(listener: NoticeListener): () => void;
  onNotification(listener: (channel: string, payload: string) => void): () => void;
  /** Asks the server to cancel what runs, over a connection of its own; never throws. */
  cancel(): Promise<void>;
  /** Whether the process waits for this session before it ends, as it does from the start on. */
  ref(): void;
  unref(): void;
  /** Ends the session, and waits until the server has ended it, too; never throws. */
  close(): Promise<void>;
  /** Ends the session; neither the caller nor the process waits for the server. Only where nothing is left to be done. */
  leave(): void;
  /** Settles when the connection ends: null where `close` ended it. */
  readonly closed: Promise<Error | null>;
}

export interface OpenOptions {
  readonly applicationName: string;
  /** Budget in milliseconds for dialling, TLS and authentication. */
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Server settings from the first moment on; RESET ALL goes back to them. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A stream from elsewhere, say a tunnel; called once for each connection. Default: dials host and port. */
  readonly stream?: (() => Duplex) | undefined;
}

/** Opens one session; one attempt for each encryption that sslmode allows. */
export async function openSession(config: ConnectionConfig, options: OpenOptions): Promise<Session> {
  const timeoutMs = Math.min(options.connectTimeoutMs, config.connectTimeoutMs ?? Infinity);
  const { signal, dispose } = createBudget(timeoutMs, options.signal);
  const encryptions = getEncryptions(config);
  let first: unknown;
  try {
    for (const encryption of encryptions) {
      try {
        return await openWith(config, options, encryption, signal);
      } catch (error) {
        first ??= error;
        // libpq goes to the next one where pg_hba.conf refuses, or where the handshake fails.
        const refused = error instanceof TlsError || (error as { code?: unknown }).code === '28000';
        if (!refused || signal.aborted) break;
      }
    }
  } finally {
    dispose();
  }
  throw first;
}

// pg's own types leave out what is needed here.
type Client = Omit<pg.Client, 'processID'> & {
  readonly processID: number;
  readonly secretKey: number;
  readonly connection: NodeJS.EventEmitter;
  readonly connectionParameters: object;
  ref(): void;
  unref(): void;
};

async function openWith(
  config: ConnectionConfig,
  options: OpenOptions,
  encryption: Encryption,
  signal: AbortSignal,
): Promise<Session> {
  const transport = await openTransport(config, encryption, signal, options.stream);
  const client = new pg.Client({
    host: 'stream',
    port: config.port,
    user: config.user,
    database: config.database,
    // A function, because pg takes PGPASSWORD of the process and its own .pgpass where there is none.
    password: () => getPassword(config),
    ssl: false,
    sslnegotiation: 'postgres',
    application_name: options.applicationName,
    // Messages go out when they are given to it, also while the server is busy with the one before.
    pipeline: true,
    enableChannelBinding: encryption !== 'plain' && config.channelBinding !== 'disable',
    stream: () => openSocket(transport),
  } as pg.ClientConfig) as unknown as Client;
  // Set here, because pg would take PGOPTIONS of the process where they are empty.
  Object.assign(client.connectionParameters, {
    options: getStartupOptions(config.options, options.settings),
    replication: undefined,
  });
  let version = '';
  client.connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === 'server_version') version = message.parameterValue;
  });
  if (config.channelBinding === 'require') requireChannelBinding(client.connection, transport);
  const state = watchEnd(client);
  const abort = (): void => void transport.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
  } catch (error) {
    transport.on('error', () => {}).destroy();
    throw signal.aborted ? signal.reason : isGarbled(error) ? new ProtocolError(NO_POSTGRES) : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return createSession(
    client,
    version,
    state,
    () => sendCancel(config, encryption, client.processID, client.secretKey, options.stream),
    () => void transport.destroy(),
  );
}

// pg's parser makes an error without a code of a message that it does not know.
const isGarbled = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === undefined;

/** The server asks for a password and there is none. */
export class PasswordMissing extends Error {}

function getPassword(config: ConnectionConfig): string {
  if (config.password === null) {
    const problem = config.passwordProblem === null ? '' : ` (${config.passwordProblem})`;
    throw new PasswordMissing(`it asks for a password and none was given${problem}`);
  }
  return config.password;
}

// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS (escapes)
function getStartupOptions(options: string, settings: Readonly<Record<string, string>> = {}): string {
  const own = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, (character) => `\\${character}`)}`,
  );
  return [options, ...own].filter((part) => part !== '').join(' ');
}

function requireChannelBinding(connection: NodeJS.EventEmitter, transport: Duplex): void {
  let bound = false;
  const refuse = (): void => {
    if (!bound) transport.destroy(new TlsError('channel_binding=require, and the server offers none'));
  };
  connection.prependListener('authenticationSASL', (message: { mechanisms: readonly string[] }) => {
    bound = message.mechanisms.includes('SCRAM-SHA-256-PLUS');
    refuse();
  });
  for (const event of ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationOk']) {
    connection.prependListener(event, refuse);
  }
}

interface EndState {
  closing: boolean;
  readonly closed: Promise<Error | null>;
}

function watchEnd(client: Client): EndState {
  let lost: Error | null = null;
  const state: { closing: boolean; closed: Promise<Error | null> } = {
    closing: false,
    closed: new Promise((resolve) => {
      client.on('error', (error) => {
        lost ??= error;
      });
      client.on('end', () => {
        resolve(state.closing ? null : (lost ?? new Error('the connection was closed')));
      });
    }),
  };
  return state;
}

function createSession(
  client: Client,
  version: string,
  state: EndState,
  cancel: () => Promise<void>,
  end: () => void,
): Session {
  const notices = createNotices((listener) => client.on('notice', listener));
  async function execute(
    sql: string,
    rows: readonly string[] = [],
    onNotice?: NoticeListener,
  ): Promise<readonly QueryResult[]> {
    const result = (await runWithRows(client, sql, rows, notices.begin(onNotice))) as
      | QueryResult
      | QueryResult[];
    return Array.isArray(result) ? result : [result];
  }
  let asked = 0;
  async function run(sql: string, values?: readonly unknown[]): Promise<QueryResult> {
    if (values === undefined) return (await execute(sql)).at(-1) ?? NOTHING;
    asked += 1;
    try {
      return (await client.query(sql, [...values])) as QueryResult;
    } finally {
      asked -= 1;
    }
  }
  function finish(): Promise<void> {
    state.closing = true;
    // Nobody waits for what the server still has in hand.
    if (asked > 0 || !notices.isIdle) end();
    return client.end().catch(() => {});
  }
  return {
    backendPid: client.processID,
    serverVersion: parseServerVersion(version),
    serverVersionText: version,
    execute,
    run,
    query: async (sql, values) => (await run(sql, values)).rows,
    onNotice: (listener) => notices.listen(listener),
    onNotification(listener) {
      const listen = (message: Notification): void => listener(message.channel, message.payload ?? '');
      client.on('notification', listen);
      return () => void client.off('notification', listen);
    },
    cancel,
    ref: () => client.ref(),
    unref: () => client.unref(),
    async close() {
      const budget = new AbortController();
      const ended = finish();
      await Promise.race([ended, waitFor(CLOSE_MS, budget.signal).then(end)]);
      budget.abort();
    },
    leave() {
      client.unref();
      const late = setTimeout(end, CLOSE_MS).unref();
      void finish().then(() => clearTimeout(late));
    },
    closed: state.closed,
  };
}

/** `15.18 (Debian 15.18-0+deb12u1)` → 150018; `9.6.24` → 90624; `19beta1` → 190000. */
export function parseServerVersion(text: string): number {
  const [major = 0, minor = 0, patch = 0] = (/^[\d.]+/.exec(text)?.[0] ?? '').split('.').map(Number);
  return major >= 10 ? major * 10_000 + minor : major * 10_000 + minor * 100 + patch;
}
