/** psql's variables while a script runs. */
export interface PsqlVariables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  unset(name: string): void;
}

// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES
const DEFAULTS = { AUTOCOMMIT: 'on', ENCODING: 'UTF8', ON_ERROR_ROLLBACK: 'off', ON_ERROR_STOP: 'on' };
const FROM_SERVER = new Set(
  (
    'DBNAME ERROR HOST LAST_ERROR_MESSAGE LAST_ERROR_SQLSTATE PORT ROW_COUNT SERVER_VERSION_NAME ' +
    'SERVER_VERSION_NUM SERVICE SHELL_ERROR SHELL_EXIT_CODE SQLSTATE USER VERSION VERSION_NAME VERSION_NUM'
  ).split(' '),
);

/** Begins with the values that were given, as `psql --set` does. */
export function createPsqlVariables(given: Readonly<Record<string, string>>): PsqlVariables {
  const values = new Map(Object.entries({ ...DEFAULTS, ...given }));
  return {
    get: (name) => values.get(name),
    set: (name, value) => void values.set(name, value),
    unset: (name) => void values.delete(name),
  };
}

/** True for variables that psql sets by itself, from its connection or from what it ran: unknown here unless given. */
export function isFromServer(name: string): boolean {
  return FROM_SERVER.has(name);
}

/** A value as `:'name'` gives it (PQescapeLiteral). */
export function renderVariableLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? ` E${quoted}` : quoted;
}

/** A value as `:"name"` gives it (PQescapeIdentifier). */
export function renderVariableName(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/** What psql takes for a truth value (ParseVariableBool): also what such a word begins with; null for anything else. */
export function parsePsqlBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (word === '') return null;
  if ('true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on' || word === '1') return true;
  if ('false'.startsWith(word) || 'no'.startsWith(word) || word === 'of' || word === 'off' || word === '0')
    return false;
  return null;
}
