/** As much of a session as watching needs (a `Session` of postgres/ fits). */
export interface ScratchSession {
  /** `rows` are sent to the text's COPY … FROM STDIN, one after the other. */
  execute(
    sql: string,
    rows?: readonly string[],
  ): Promise<readonly { readonly rows: readonly { readonly [column: string]: unknown }[] }[]>;
  onNotice(
    listener: (notice: { readonly code?: string | undefined; readonly message?: string | undefined }) => void,
  ): () => void;
}

/** A database to watch in, and what may be done around it. */
export interface Scratch {
  readonly session: ScratchSession;
  readonly serverVersion: number;
  /** Runs before every migration after the session was cleaned, e.g. a search path. */
  readonly settings: string;
}

/** Puts a text between quotes as PostgreSQL wants it, whatever standard_conforming_strings says. */
export function renderLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

/** Runs a text and gives the named column of its last row, already parsed from JSON. */
export async function fetchJson<T>(session: ScratchSession, sql: string, column: string): Promise<T> {
  return readJson(await session.execute(sql), column);
}

/** The named column of the last row that has it, parsed from JSON. */
export function readJson<T>(results: Awaited<ReturnType<ScratchSession['execute']>>, column: string): T {
  const row = results.flatMap((result) => result.rows).findLast((r) => column in r);
  const value = row?.[column];
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

/** Makes a value when it is first asked for. */
export function createOnce<T>(create: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}
