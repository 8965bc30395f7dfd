import { PlinthError, PostgresNotReadyError } from '../errors.js';
import type { OnEvent } from '../model/event.js';
import type { ConnectionConfig } from './config.js';
import { type ConnectFailure, getConnectFailure } from './connect-failure.js';
import { getPause, waitFor } from './delay.js';
import type { Route } from './route.js';
import { type OpenOptions, openSession, type Session } from './session.js';
import { createTlsDemanded, isTlsDemanded } from './tls-demanded.js';

export interface ConnectOptions {
  /** `plinth/<service>/<run>`. */
  readonly applicationName: string;
  /** Budget in milliseconds for all attempts. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: dials host and port. */
  readonly route?: Route | undefined;
}

// So that a packet that went astray does not use up the whole budget.
const ATTEMPT_MS = 5_000;

/**
 * Opens a session, trying again within the budget where waiting can mend it (nothing listens yet, starting up, too many
 * connections), and failing at once where it cannot (password, database, TLS). Sends no query of its own.
 */
export async function connect(config: ConnectionConfig, options: ConnectOptions): Promise<Session> {
  const { applicationName, timeoutMs, signal, onEvent, settings, route } = options;
  const start = performance.now();
  const elapsed = (): number => Math.round(performance.now() - start);
  let seen: { readonly failure: Waitable; readonly error: unknown } | null = null;
  for (let attempt = 0; ; attempt += 1) {
    if (isAborted(signal)) throw new PlinthError('ABORTED', { phase: 'connecting' });
    await route?.prepare({ timeoutMs: Math.max(1, timeoutMs - elapsed()), signal });
    const connectTimeoutMs = Math.min(ATTEMPT_MS, Math.max(1, timeoutMs - elapsed()));
    const given = { applicationName, connectTimeoutMs, signal, stream: route?.open };
    try {
      return await openSession(config, settings === undefined ? given : { ...given, settings });
    } catch (error) {
      if (isAborted(signal)) continue;
      const told = await judge(error, config, given, route);
      if ('error' in told) throw told.error;
      // What an earlier attempt saw says more than that the rest of the budget was too short for another one.
      const isCut = connectTimeoutMs < ATTEMPT_MS && isTimeout(error);
      if (!isCut || seen === null) seen = { failure: told, error };
      const { failure, error: cause } = seen;
      const pause = getPause(attempt, 60, 1_000);
      const known = route?.getLastError(cause, elapsed()) ?? null;
      if (elapsed() + pause >= Math.min(timeoutMs, failure.patienceMs)) {
        throw known ?? createNotReady(config, failure, elapsed(), cause);
      }
      const [finding] = (known ?? createNotReady(config, failure, 0, cause)).findings;
      onEvent?.({ type: 'waiting', forWhat: 'ready', holder: null, finding: finding!, elapsedMs: elapsed() });
      await waitFor(pause, signal);
    }
  }
}

async function judge(
  error: unknown,
  config: ConnectionConfig,
  given: OpenOptions,
  route: Route | undefined,
): Promise<ConnectFailure> {
  const final = route?.getError(error) ?? null;
  if (final !== null) return { error: final };
  const isDemanded = await isTlsDemanded(error, config, given);
  return isDemanded ? { error: createTlsDemanded(config, error) } : getConnectFailure(error, config);
}

/** What an attempt that failed says, where nothing is waited for. */
export async function explainAttempt(
  error: unknown,
  config: ConnectionConfig,
  given: OpenOptions,
  route: Route | undefined,
): Promise<PlinthError> {
  const told = await judge(error, config, given, route);
  if ('error' in told) return told.error;
  return route?.getLastError(error, 0) ?? createNotReady(config, told, 0, error);
}

/** What waiting could have mended; its finding is told while it is waited for. */
function createNotReady(
  { label: target }: ConnectionConfig,
  failure: Waitable,
  waitedMs: number,
  cause: unknown,
): PostgresNotReadyError {
  const code: 'POSTGRES_NOT_READY' | 'CONNECTIONS_EXHAUSTED' = failure.code ?? 'POSTGRES_NOT_READY';
  const args = { target, reason: failure.reason, waitedMs };
  const findings = [{ code, severity: 'warning' as const, args }];
  return new PostgresNotReadyError(code, args, { cause, findings });
}

type Waitable = Exclude<ConnectFailure, { readonly error: unknown }>;

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

// A function, because the compiler takes what it saw of a property for lasting.
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
