/** The settings of a `flyway.conf`, by their names in lower case without `flyway.` before them. */
export function parseFlywayConf(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  // A backslash at the end of a line goes on in the next one (ConfigUtils.java); elsewhere it is what it is.
  for (const line of text.replace(/\\\r?\n[ \t]*/g, '').split(/\r?\n/)) {
    const match = /^\s*(?:flyway\.)?([A-Za-z][\w.-]*)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (match !== null) settings.set(match[1]!.toLowerCase(), match[2]!);
  }
  return settings;
}

/** The settings of a `flyway.toml`, by the same names; lists as one text with commas. None where it is not TOML. */
export async function parseFlywayToml(text: string): Promise<ReadonlyMap<string, string>> {
  const { parse } = await import('smol-toml');
  const settings = new Map<string, string>();
  const add = (value: unknown, path: readonly string[]): void => {
    if (Array.isArray(value)) settings.set(path.join('.').toLowerCase(), value.join(','));
    else if (typeof value !== 'object' || value === null || value instanceof Date) {
      settings.set(path.join('.').toLowerCase(), String(value));
    } else for (const [key, inner] of Object.entries(value)) add(inner, [...path, key]);
  };
  try {
    add((parse(text) as { readonly flyway?: unknown }).flyway ?? {}, []);
  } catch {
    // Flyway itself says what is wrong with its file.
  }
  return settings;
}
