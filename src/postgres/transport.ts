import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { type ConnectionConfig, isSocket } from './config.js';

/** TLS was demanded and is not to be had. */
export class TlsError extends Error {}
Object.defineProperty(TlsError.prototype, 'name', { value: 'TlsError' });

export const NO_POSTGRES = 'what listens there does not answer as PostgreSQL does';

/** Something else than PostgreSQL listens there. */
export class ProtocolError extends Error {}
Object.defineProperty(ProtocolError.prototype, 'name', { value: 'ProtocolError' });

export type Encryption = 'plain' | 'tls' | 'tls-if-offered';

/** The encryptions to try, in libpq's order for the mode. */
export function getEncryptions(config: ConnectionConfig): readonly Encryption[] {
  // libpq has no TLS over Unix sockets: https://www.postgresql.org/docs/current/libpq-ssl.html
  if (isSocket(config)) return ['plain'];
  switch (config.tls.mode) {
    case 'disable':
      return ['plain'];
    case 'allow':
      return ['plain', 'tls'];
    case 'prefer':
      return ['tls-if-offered', 'plain'];
    default:
      return ['tls'];
  }
}

/** Dials the server, or takes the given stream, and speaks TLS on it as asked. The signal destroys it. */
export async function openTransport(
  config: ConnectionConfig,
  encryption: Encryption,
  signal: AbortSignal,
  open?: () => Duplex,
): Promise<Duplex> {
  signal.throwIfAborted();
  const raw = open?.() ?? dial(config);
  const abort = (): void => void raw.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (raw instanceof net.Socket && raw.connecting) await once(raw, 'connect');
    if (encryption === 'plain') return raw;
    if (!config.tls.direct) {
      const offered = await requestTls(raw);
      if (!offered && encryption === 'tls-if-offered') return raw;
      if (!offered) throw new TlsError('the server does not offer TLS');
    }
    return await upgrade(raw, config);
  } catch (error) {
    raw.on('error', () => {}).destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function dial(config: ConnectionConfig): net.Socket {
  if (isSocket(config)) return net.connect({ path: `${config.host}/.s.PGSQL.${config.port}` });
  return net.connect({
    host: config.address ?? config.host,
    port: config.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 10_000,
  });
}

/** Dials, and asks whether PostgreSQL offers TLS there: an answer needs no user and no password. */
export async function readTlsOffer(
  config: ConnectionConfig,
  signal: AbortSignal,
  open?: () => Duplex,
): Promise<boolean> {
  signal.throwIfAborted();
  const raw = open?.() ?? dial(config);
  const abort = (): void => void raw.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (raw instanceof net.Socket && raw.connecting) await once(raw, 'connect');
    return await requestTls(raw);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
    raw.on('error', () => {}).destroy();
  }
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html (SSLRequest)
async function requestTls(raw: Duplex): Promise<boolean> {
  const ended = new AbortController();
  const close = (): void =>
    ended.abort(
      Object.assign(new Error('the connection was closed before an answer came'), { code: 'ECONNRESET' }),
    );
  raw.once('close', close).once('end', close);
  try {
    raw.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
    const [answer] = (await once(raw, 'data', { signal: ended.signal })) as [Buffer];
    // More than the one byte would be text that somebody put in before the encryption (CVE-2021-23222).
    if (answer.length === 1 && answer[0] === 0x53) return true;
    if (answer.length === 1 && answer[0] === 0x4e) return false;
  } catch (error) {
    // A stream that fails also closes: its error says more.
    const { aborted, reason } = ended.signal;
    throw aborted && (error as Error).cause === reason ? reason : error;
  } finally {
    raw.off('close', close).off('end', close);
  }
  throw new ProtocolError(NO_POSTGRES);
}

async function upgrade(raw: Duplex, config: ConnectionConfig): Promise<Duplex> {
  const { default: tls } = await import('node:tls');
  const { ca, cert, key, mode, direct } = config.tls;
  const options: ConnectionOptions = {
    socket: raw,
    host: config.host,
    rejectUnauthorized: ca !== null,
    minVersion: 'TLSv1.2',
    ...(ca === null || ca === 'system' ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    // An address must not be sent as a server name (RFC 6066, section 3).
    ...(net.isIP(config.host) === 0 ? { servername: config.host } : {}),
    // Only verify-full compares the name: https://www.postgresql.org/docs/current/libpq-ssl.html
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(direct ? { ALPNProtocols: ['postgresql'] } : {}),
  };
  return await new Promise((resolve, reject) => {
    const secure = tls.connect(options);
    const fail = (error?: Error & { readonly code?: string }): void => {
      secure.off('secureConnect', succeed).destroy();
      // A lost connection is worth another try; only an old server ends a direct handshake so.
      const lost = error?.code === 'ECONNRESET' && !direct;
      const reason = error?.message ?? 'the connection was closed in the handshake';
      reject(lost ? error : new TlsError(reason, { cause: error }));
    };
    const succeed = (): void => {
      secure.removeAllListeners('close').off('error', fail);
      resolve(secure);
    };
    // `error` keeps its listener after a failure: a second one must not end the process.
    secure
      .once('secureConnect', succeed)
      .on('error', fail)
      .once('close', () => fail());
  });
}
