/** One line of drizzle-kit's journal, as far as the migrator reads it. */
export interface JournalEntry {
  readonly tag: string;
  /** When it was generated, in milliseconds; null where the journal does not say it. */
  readonly when: number | null;
}

/** drizzle-kit's `meta/_journal.json`. */
export interface Journal {
  readonly dialect: string | null;
  readonly entries: readonly JournalEntry[];
}

/** Reads the journal; a string says what is wrong with it. */
export function parseJournal(text: string): Journal | string {
  const journal = parseJson(text);
  if (journal === undefined) return 'is not valid JSON';
  const entries = getField(journal, 'entries');
  if (!Array.isArray(entries)) return 'has no list of entries';
  const tags = entries.map((entry) => getField(entry, 'tag'));
  if (!tags.every((tag) => typeof tag === 'string')) return 'has an entry without a tag';
  const whens = entries.map((entry) => getField(entry, 'when'));
  return {
    dialect: getDialect(journal),
    entries: tags.map((tag, at) => ({ tag, when: typeof whens[at] === 'number' ? whens[at] : null })),
  };
}

/** The dialect that a snapshot names, or null. */
export function parseDialect(text: string): string | null {
  return getDialect(parseJson(text));
}

function getDialect(value: unknown): string | null {
  const dialect = getField(value, 'dialect');
  return typeof dialect === 'string' ? dialect : null;
}

function getField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
