import type { Format } from '../model/history.js';
import type { FolderListing, Reader } from './reader.js';
import { READERS } from './readers.js';

/** A format that fits a folder, and what speaks for it. */
export interface Candidate {
  readonly format: Format;
  readonly reader: Reader;
  /** 0 to 100. */
  readonly score: number;
  readonly evidence: readonly string[];
}

const LEAST_SCORE = 10;

const waitForTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Asks every reader; the best fit comes first. */
export async function getCandidates(files: FolderListing): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const reader of READERS) {
    // A folder of some hundred files takes milliseconds: a connection that is being opened meanwhile gets its turn.
    await waitForTurn();
    const found = await reader.recognize(files);
    if (found !== null && found.score >= LEAST_SCORE)
      candidates.push({ format: reader.format, reader, ...found });
  }
  return candidates.sort((a, b) => b.score - a.score);
}
