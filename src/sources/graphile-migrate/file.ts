import { createHash as createNodeHash } from 'node:crypto';
import { getLines } from '../lines.js';
import type { ReadingDraft } from '../reading.js';

/** A committed migration. */
export interface GraphileFile {
  readonly hash: string;
  /** Null for the first one. */
  readonly previousHash: string | null;
  readonly allowsInvalidHash: boolean;
  readonly isTransaction: boolean;
  /** Where the SQL begins. */
  readonly start: number;
  /** The SQL as its hash is about it. */
  readonly body: string;
}

const HEADER = /^--! ([A-Z][a-zA-Z0-9_]*)(?::(.*))?$/;
const ADVICE = 'graphile-migrate refuses this: files in committed/ are what graphile-migrate commit writes.';

/** Reads a header and what follows it (parseMigrationText in migration.ts); null after noting a problem. */
export function parseGraphileFile(text: string, path: string, reading: ReadingDraft): GraphileFile | null {
  const reject = (problem: string): null => {
    reading.reject(path, problem, ADVICE);
    return null;
  };
  const lines = getLines(text);
  const headers = new Map<string, string>();
  for (const { text: line } of lines) {
    const [, key, value = ''] = HEADER.exec(line) ?? [];
    if (key === undefined) break;
    if (headers.has(key)) return reject(`"--! ${key}" stands there twice`);
    headers.set(key, value.trim());
  }
  const hash = headers.get('Hash');
  const previous = headers.get('Previous');
  if (!previous) return reject('there is no "--! Previous:" line');
  if (!hash) return reject('there is no "--! Hash:" line');
  const first = lines[headers.size];
  if (first !== undefined && first.text !== '') return reject('there is no empty line after the header');
  const start = first?.start ?? text.length;
  // Git may have changed the line ends, which changes no SQL.
  const body = text.slice(start).replaceAll('\r\n', '\n').trim();
  return {
    hash,
    previousHash: previous === '-' ? null : previous,
    allowsInvalidHash: headers.has('AllowInvalidHash'),
    // header.ts: the first line of the SQL.
    isTransaction: !/^--!\s*no-transaction\b/.test(body.split('\n', 1)[0]!),
    start,
    body,
  };
}

/** calculateHash in hash.ts. */
export function createHash(body: string, previousHash: string | null): string {
  const text = `${`${previousHash ?? ''}\n${body}`.trim()}\n`;
  return `sha1:${createNodeHash('sha1').update(text).digest('hex')}`;
}
