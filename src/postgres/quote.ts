/** Quotes a name for SQL; always, so that no list of key words is needed. */
export function renderIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Quotes a text for SQL, right whatever standard_conforming_strings is set to.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
 */
export function renderLiteral(text: string | null): string {
  if (text === null) return 'NULL';
  const quoted = text.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** A text[] literal. */
export function renderTextArray(items: readonly string[]): string {
  const elements = items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
  return `${renderLiteral(`{${elements.join(',')}}`)}::text[]`;
}
