import type { Migration } from './history.js';

/** What names the line of a statement: its migration's file, or the included one that it stands in. */
export interface Placed {
  readonly migrationName: string;
  readonly file?: string | undefined;
  readonly line: number;
}

/** `013_orders.sql:4`: the one way in which the place of a statement is written. */
export function renderPlace({ migrationName, file, line }: Placed): string {
  return `${file ?? migrationName}:${line}`;
}

/** A file whose text is part of a migration's. */
export interface SourceFile {
  readonly name: string;
  /** UTF-16 offset in the migration's text at which the file begins. */
  readonly start: number;
  readonly text: string;
}

/** The files of a migration: its own, and then those that it includes. */
export function getSourceFiles(
  migration: Pick<Migration, 'name' | 'text' | 'included'>,
): readonly SourceFile[] {
  const files = [{ name: migration.name, start: 0 }, ...(migration.included ?? [])];
  return files.map(({ name, start }, index) => ({
    name,
    start,
    text: migration.text.slice(start, files[index + 1]?.start),
  }));
}

/** The file in which an offset of a migration's text stands. */
export function getSourceFile(files: readonly SourceFile[], offset: number): SourceFile {
  return files.findLast(({ start }) => start <= offset) ?? files[0]!;
}
