/** What a comment on a database of ours says, beside what its name does. */
export interface Note {
  /** When the template was last asked for, or the database was kept; milliseconds since 1970. */
  readonly at: number;
  /** The history's folder. */
  readonly from?: string;
  readonly kept?: true;
}

export const renderNote = (note: Note): string => `plinth ${JSON.stringify(note)}`;

/** Reads a comment; one that is not ours says nothing. */
export function parseNote(text: unknown): Note | null {
  if (typeof text !== 'string' || !text.startsWith('plinth ')) return null;
  try {
    const note = JSON.parse(text.slice('plinth '.length)) as Note;
    return typeof note.at === 'number' ? note : null;
  } catch {
    return null;
  }
}
