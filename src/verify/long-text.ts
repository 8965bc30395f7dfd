import { createHash } from 'node:crypto';
import type { FactKind } from '../model/fact.js';

// Bodies of functions stand in the migrations already; what is kept of them is enough to know them again.
const LONGEST: Readonly<Partial<Record<FactKind, number>>> = { body: 80, comment: 200 };
const DIGEST = /^sha256:[0-9a-f]{16}$/;

/** The text of a fact as it is kept: a long body or comment as its digest. Line ends do not count. */
export function getKeptText(kind: FactKind, text: string): string {
  const most = LONGEST[kind];
  if (most === undefined || (text.length <= most && !DIGEST.test(text))) return text;
  const hash = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
  return `sha256:${hash.slice(0, 16)}`;
}

/** True where a kept text stands for a found one. */
export function isKeptText(kind: FactKind, kept: string, found: string): boolean {
  return LONGEST[kind] !== undefined && DIGEST.test(kept) && getKeptText(kind, found) === kept;
}
