import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { ClusterAccess } from './kube-config.js';

/** What a request is about, as RBAC names it. */
export interface Ask {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'deletecollection';
  /** `pods`, `pods/log`, `services` … */
  readonly resource: string;
  /** The API group; `''` is the core group. */
  readonly group: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly path: string;
}

/** Why the API server did not do what it was asked. */
export type ApiProblem =
  | 'unreachable'
  | 'certificate'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'refused'
  | 'failed';

/** A request that the API server did not answer as asked. */
export class ApiError extends Error {
  readonly problem: ApiProblem;
  readonly ask: Ask;
  readonly status: number | null;
  constructor(problem: ApiProblem, ask: Ask, message: string, status: number | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.problem = problem;
    this.ask = ask;
    this.status = status;
  }
}
Object.defineProperty(ApiError.prototype, 'name', { value: 'ApiError' });

/** The few calls of the Kubernetes API that Plinth makes. */
export interface Api {
  readonly access: ClusterAccess;
  /** One object or list. */
  read<T>(ask: Ask, signal?: AbortSignal): Promise<T>;
  readText(ask: Ask, signal?: AbortSignal): Promise<string>;
  create<T>(ask: Ask, body: unknown, signal?: AbortSignal): Promise<T>;
  /** Brings an object to what the body says, made where it is not there: server-side apply. */
  apply<T>(ask: Ask, body: unknown, signal?: AbortSignal): Promise<T>;
  delete(ask: Ask, signal?: AbortSignal): Promise<void>;
  /** Calls back for every change until the signal fires, the callback returns true, or the server ends it. */
  watch<T>(ask: Ask, onChange: (object: T) => boolean, signal: AbortSignal): Promise<void>;
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|CRL_|HOSTNAME_MISMATCH)/;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
// JSON is YAML: https://kubernetes.io/docs/reference/using-api/server-side-apply/
const CONTENT_TYPES = {
  GET: '',
  DELETE: '',
  POST: 'application/json',
  PATCH: 'application/apply-patch+yaml',
} as const satisfies Readonly<Record<Method, string>>;

// A server that takes the connection and says nothing.
const SILENCE_MS = 10_000;

/** Speaks with one API server; refused credentials are asked for anew, once. */
export function createApi(access: ClusterAccess): Api {
  const ask = async (
    what: Ask,
    method: Method,
    body: string | null,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> => {
    const first = await send(access, what, method, body, signal, false);
    if (first.statusCode !== 401) return await ensureOk(first, what);
    first.resume();
    return await ensureOk(await send(access, what, method, body, signal, true), what);
  };
  const readText = async (what: Ask, signal?: AbortSignal): Promise<string> =>
    await readBody(await ask(what, 'GET', null, signal), what);
  return {
    access,
    readText,
    read: async <T>(what: Ask, signal?: AbortSignal) => JSON.parse(await readText(what, signal)) as T,
    create: async <T>(what: Ask, body: unknown, signal?: AbortSignal) =>
      JSON.parse(await readBody(await ask(what, 'POST', JSON.stringify(body), signal), what)) as T,
    apply: async <T>(what: Ask, body: unknown, signal?: AbortSignal) =>
      JSON.parse(await readBody(await ask(what, 'PATCH', JSON.stringify(body), signal), what)) as T,
    delete: async (what, signal) => {
      await readBody(await ask(what, 'DELETE', null, signal), what);
    },
    async watch<T>(what: Ask, onChange: (object: T) => boolean, signal: AbortSignal) {
      const response = await ask(what, 'GET', null, signal);
      let rest = '';
      try {
        for await (const chunk of response.setEncoding('utf8')) {
          const lines = (rest + String(chunk)).split('\n');
          rest = lines.pop()!;
          for (const line of lines) {
            if (line.trim() !== '' && onChange((JSON.parse(line) as { object: T }).object)) return;
          }
        }
      } catch (error) {
        if (!signal.aborted) throw createTransportError(what, error);
      } finally {
        response.destroy();
      }
    },
  };
}

async function send(
  access: ClusterAccess,
  what: Ask,
  method: Method,
  body: string | null,
  signal: AbortSignal | undefined,
  fresh: boolean,
): Promise<IncomingMessage> {
  const authorization = await access.authorize(fresh);
  const url = new URL(`${access.server}${what.path}`);
  const headers = {
    accept: what.resource === 'pods/log' ? '*/*' : 'application/json',
    ...(body === null
      ? {}
      : { 'content-type': CONTENT_TYPES[method], 'content-length': Buffer.byteLength(body) }),
    ...authorization.headers,
  };
  return await new Promise((resolve, reject) => {
    const client = url.protocol === 'http:' ? http : https;
    const options = { ...authorization, method, headers, timeout: SILENCE_MS, ...(signal ? { signal } : {}) };
    const request = client.request(url, options, resolve);
    request.once('timeout', () =>
      request.destroy(Object.assign(new Error('it does not answer'), { code: 'ETIMEDOUT' })),
    );
    request.once('error', (error) =>
      reject(signal?.aborted === true ? error : createTransportError(what, error)),
    );
    request.end(body ?? undefined);
  });
}

function createTransportError(what: Ask, error: unknown): ApiError {
  const { code, message } = getFirst(error);
  const problem = CERTIFICATE.test(code) ? 'certificate' : 'unreachable';
  return new ApiError(
    problem,
    what,
    code === '' || message.includes(code) ? message : `${message} (${code})`,
    null,
    error,
  );
}

// localhost may stand for two addresses: an AggregateError without words of its own.
function getFirst(error: unknown): { readonly code: string; readonly message: string } {
  const first = (error instanceof AggregateError ? error.errors[0] : error) as NodeJS.ErrnoException;
  return { code: first.code ?? '', message: first.message };
}

async function ensureOk(response: IncomingMessage, what: Ask): Promise<IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  const text = await readBody(response, what);
  const problem: ApiProblem =
    status === 401
      ? 'unauthorized'
      : status === 403
        ? 'forbidden'
        : status === 404
          ? 'not-found'
          : status >= 500
            ? 'failed'
            : 'refused';
  throw new ApiError(problem, what, getMessage(text) || `HTTP ${status}`, status);
}

function getMessage(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '');
  } catch {
    return text.slice(0, 200).trim();
  }
}

async function readBody(response: IncomingMessage, what: Ask): Promise<string> {
  try {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return text;
  } catch (error) {
    throw createTransportError(what, error);
  }
}
