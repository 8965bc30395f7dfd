import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Concurrently } from '../model/plan.js';
import type { Statement } from '../model/statement.js';
import { MAX_ENTRIES, readFiles, renewUse, writeWhole } from './cache.js';

/** A statement as its history's parser told it, without its text, which stands in the user's file. */
export interface KeptStatement extends Omit<Statement, 'ordinal' | 'sql' | 'rows'> {
  /** UTF-16 offsets `[start, end)` of its rows in the migration's text. */
  readonly rows?: readonly [number, number] | undefined;
  readonly outside: boolean;
  readonly session: boolean;
  readonly roles: readonly string[];
  readonly concurrently: Concurrently | null;
}

/** All statements of a history. */
export interface KeptStatements {
  readonly statements: readonly KeptStatement[];
  /** The digest over them, whatever their comments and white space. */
  readonly meaning: string;
}

// To be raised when one of them would be told otherwise of the same text.
const FORMAT = 'plinth-statements/1';
const SUFFIX = '.statements.json';

/** Kept statements, or null; what cannot be read counts as none. Read at once, as four turns of the thread pool take longer. */
export function readCachedStatements(dir: string, key: string): KeptStatements | null {
  const path = join(dir, key + SUFFIX);
  try {
    const text = readFileSync(path, 'utf8');
    const end = text.indexOf('\n');
    const kept = text.slice(end + 1);
    if (text.slice(0, end) !== renderHead(key, kept)) return null;
    const found = JSON.parse(kept) as KeptStatements;
    renewUse(path);
    return found;
  } catch {
    return null;
  }
}

/** Keeps statements: whole or not at all. The least recently used go when there are more than 64; a cache that cannot be written is no error. */
export async function writeCachedStatements(dir: string, key: string, kept: KeptStatements): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    const text = JSON.stringify(kept);
    await writeWhole(join(dir, key + SUFFIX), `${renderHead(key, text)}\n${text}`);
    const oldest = (await readFiles(dir, SUFFIX)).slice(MAX_ENTRIES);
    for (const { path } of oldest) await rm(path, { force: true });
  } catch {
    // A read-only or full disk costs time at the next run, not this run.
  }
}

// With a statement less a run would be none the wiser.
function renderHead(key: string, text: string): string {
  return `${FORMAT} ${key} ${hash('sha256', text)}`;
}
