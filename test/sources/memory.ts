import { expect } from 'vitest';
import type { PlinthError } from '../../src/errors.js';
import type { History } from '../../src/model/history.js';
import { createMemoryFolder } from '../../src/sources/folder.js';
import { type HistoryOptions, readHistory } from '../../src/sources/read-history.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Reads a folder that is made of values. */
export function readMemory(files: Files, options: HistoryOptions = {}): Promise<History> {
  return readHistory(createMemoryFolder(files), options);
}

/** The error that reading ends with. */
export async function getError(files: Files, options: HistoryOptions = {}): Promise<PlinthError> {
  const outcome = await readMemory(files, options).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as PlinthError;
}

/** The SQL of each migration: its regions, trimmed, with the substitutions made. */
export function getSql(history: History): string[][] {
  return history.migrations.map(({ text, regions, substitutions }) =>
    regions.map((region) => {
      let sql = '';
      let at = region.start;
      for (const { start, end, text: value } of substitutions) {
        if (start < region.start || end > region.end) continue;
        sql += text.slice(at, start) + value;
        at = end;
      }
      return (sql + text.slice(at, region.end)).trim();
    }),
  );
}

export const getIds = (history: History): string[] => history.migrations.map(({ id }) => id);
export const getPassedOver = (history: History): Record<string, string> =>
  Object.fromEntries(history.passedOver.map(({ path, reason }) => [path, reason]));
