import { RELAX_COMMITS, SET_CONNECTION_CHECK_AGAIN } from '../postgres/queries.js';
import { renderLiteral } from '../postgres/quote.js';

/** The session's settings that a migration begins with. */
export interface SessionSettings {
  readonly searchPath: string | undefined;
  readonly lockTimeoutMs: number | undefined;
  /** Only the end of the run waits for the disk. */
  readonly isRelaxed: boolean;
  /** The server can look whether we are still there. */
  readonly isChecking: boolean;
}

// Our own cancel comes first; the server's timeout is for the case that we are gone.
const GRACE_MS = 1_000;

/** The timeouts, from what is left of the budget. SET takes no snapshot, so SET TRANSACTION may still follow it. */
export function getTimeoutStatements(settings: SessionSettings, remainingMs: number): readonly string[] {
  const lockMs = settings.lockTimeoutMs ?? remainingMs * 0.9;
  return [
    `set statement_timeout = ${clamp(remainingMs + GRACE_MS)}`,
    `set lock_timeout = ${clamp(Math.min(lockMs, remainingMs))}`,
  ];
}

/**
 * Puts the session back as it was opened, because histories leak settings, roles and temporary tables. Comes after a
 * migration, not before it: a message is read under the settings (encoding, quoting) that were in force before it.
 */
export function getResetStatements(settings: SessionSettings): readonly string[] {
  return [
    'reset session authorization',
    'reset role',
    'reset all',
    'discard temp',
    ...(settings.isChecking ? [SET_CONNECTION_CHECK_AGAIN] : []),
    ...(settings.isRelaxed ? [RELAX_COMMITS] : []),
    ...getSearchPathStatements(settings),
  ];
}

/** The search path as the history expects it; nothing where the server's own is meant. */
export function getSearchPathStatements({ searchPath }: SessionSettings): readonly string[] {
  if (searchPath === undefined) return [];
  return [`select pg_catalog.set_config('search_path', ${renderLiteral(searchPath)}, false)`];
}

function clamp(milliseconds: number): number {
  return Math.max(1, Math.min(2 ** 31 - 1, Math.round(milliseconds)));
}
