import { createHash } from 'node:crypto';
import type { Migration } from '../model/history.js';

/**
 * What the ledger knows a statement by: the digest of its tokens and, in a migration that runs again whenever its
 * content changes, one of that content, so that a change anywhere in the file is one in each of its statements.
 */
export function getLedgerDigest(digest: string, { contentDigest }: Pick<Migration, 'contentDigest'>): string {
  if (contentDigest === undefined) return digest;
  return `${digest}.${createHash('sha256').update(contentDigest).digest('hex').slice(0, 16)}`;
}

/** The part of a statement's digest in the ledger that is about its own tokens. */
export function getTokensDigest(ledgerDigest: string): string {
  return ledgerDigest.split('.', 1)[0]!;
}

/** True for statements of a repeatable migration with the same content: where its lines end does not count. */
export function isSameContent(a: string, b: string): boolean {
  return a.includes('.') && a.split('.')[1] === b.split('.')[1];
}
