/** An error as PostgreSQL sent it (the shape of pg's DatabaseError). */
export interface ServerError extends Error {
  readonly code: string;
  /** 1-based, in characters of the whole message. */
  readonly position?: string | undefined;
  readonly internalPosition?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly constraint?: string | undefined;
  /** The function of the server's source that raised it; no language has other words for it. */
  readonly routine?: string | undefined;
  /** How many statements of the message had ended before this one failed. */
  readonly completed?: number;
}

/** True for errors that PostgreSQL itself sent. */
export function isServerError(error: unknown): error is ServerError {
  return (
    error instanceof Error &&
    'severity' in error &&
    'code' in error &&
    /^[0-9A-Z]{5}$/.test(String(error.code))
  );
}

/** The SQLSTATE of a server's error; null for any other error. */
export function getSqlState(error: unknown): string | null {
  return isServerError(error) ? error.code : null;
}

/** True for class 53: what says nothing of the statement, and may be gone the next time. */
export function isOutOfResources(error: unknown): boolean {
  return getSqlState(error)?.startsWith('53') === true;
}

// Names: https://www.postgresql.org/docs/current/errcodes-appendix.html
export const QUERY_CANCELED = '57014';
export const LOCK_NOT_AVAILABLE = '55P03';
export const READ_ONLY_TRANSACTION = '25006';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const INVALID_CATALOG_NAME = '3D000';
/** What pg_hba.conf says no to, and a role that is not there or may not log in. */
export const INVALID_AUTHORIZATION = '28000';
/** pg_terminate_backend(), or a server that shuts down. */
export const ADMIN_SHUTDOWN = '57P01';
export const DISK_FULL = '53100';
export const TOO_MANY_CONNECTIONS = '53300';
/** What PgBouncer says for whatever it has to say; PostgreSQL itself hardly ever. */
export const PROTOCOL_VIOLATION = '08P01';

/** The ledger's schema or a table of it is not there. */
export const NO_LEDGER: ReadonlySet<string> = new Set(['3F000', '42P01']);
/** User or password are not right, or pg_hba.conf says no. */
export const AUTHENTICATION: ReadonlySet<string> = new Set(['28P01', INVALID_AUTHORIZATION]);
/** What waiting can mend: starting up, shutting down, too many connections. */
export const WAIT: ReadonlySet<string> = new Set(['57P03', '57P01', '57P02', '53300']);
/** The server ended the session. */
export const SESSION_ENDED: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '08000',
  '08003',
  '08006',
]);
/** The statement refuses a transaction block (25001) or a transaction of somebody else's making (2D000); nothing is committed. */
export const REFUSES_TRANSACTION: ReadonlySet<string> = new Set(['25001', '2D000']);
/** Two sessions made the same object at the same time. */
export const MADE_MEANWHILE: ReadonlySet<string> = new Set(['23505', '42P06', '42P07', '42710']);
