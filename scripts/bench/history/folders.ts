import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FOLDERS, type FolderFormat } from './formats.js';
import { type BenchHistory, generateHistory, SIZES, type SizeName } from './generate.js';

/** Histories in each tool's format, written once. */
export interface Folders {
  getHistory(size: SizeName): BenchHistory;
  /** The folder of a generated history. */
  getFolder(history: BenchHistory, format: FolderFormat): string;
}

/** Below `root`; partitions begin in the year before `year`, so that some are of these days. */
export function createFolders(root: string, year = new Date().getFullYear()): Folders {
  const histories = new Map<SizeName, BenchHistory>();
  const written = new Set<string>();
  return {
    getHistory(size) {
      const history = histories.get(size) ?? generateHistory(SIZES[size], year - 1);
      histories.set(size, history);
      return history;
    },
    getFolder(history, format) {
      const folder = join(root, history.name, format);
      if (written.has(folder)) return folder;
      for (const [path, text] of Object.entries(FOLDERS[format](history.migrations))) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      written.add(folder);
      return folder;
    },
  };
}
