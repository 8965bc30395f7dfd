import type { SourcePlace } from '../model/finding.js';
import type { Migration } from '../model/history.js';
import { getSourceFile, getSourceFiles, type SourceFile } from '../model/place.js';
import { createPositions, getSourcePlace, type Positions } from './position.js';

/** Tells the places of offsets in a migration's text, in the file of the user's that they stand in. */
export interface Places {
  /** `file` is there where it is not the migration's own. */
  getLocation(offset: number): { readonly file?: string; readonly line: number; readonly column: number };
  getSourcePlace(offset: number): SourcePlace;
}

/** Prepares the places of one migration. */
export function createPlaces(migration: Pick<Migration, 'name' | 'text' | 'included'>): Places {
  const files = getSourceFiles(migration);
  const positions = new Map<SourceFile, Positions>();
  return {
    getLocation: (offset) => {
      const file = getSourceFile(files, offset);
      const known = positions.get(file) ?? createPositions(file.text);
      positions.set(file, known);
      const place = known.getLineAndColumn(offset - file.start);
      return file.start === 0 ? place : { file: file.name, ...place };
    },
    getSourcePlace: (offset) => {
      const { name, start, text } = getSourceFile(files, offset);
      return getSourcePlace(name, text, offset - start);
    },
  };
}
