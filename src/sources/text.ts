import { PlinthError } from '../errors.js';

/** What stands for bytes that are not UTF-8, or for itself. */
export const REPLACEMENT = '\uFFFD';

const LENIENT = new TextDecoder('utf-8');

/** Decodes a file as UTF-8 without its byte order mark; fails with the offset of the first byte that is not UTF-8. */
export function parseText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PlinthError('FILE_NOT_UTF8', { path, offset: getInvalidOffset(bytes) }, { cause });
  }
}

/** Decodes whatever can be decoded; for looking only, never for reading a migration. */
export function parseTextLeniently(bytes: Uint8Array): string {
  return LENIENT.decode(bytes);
}

// The first replacement character that does not stand in the file itself marks the spot.
function getInvalidOffset(bytes: Uint8Array): number {
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let from = 0;
  for (;;) {
    const at = lossy.indexOf(REPLACEMENT, from);
    if (at === -1) return offset;
    offset += encoder.encode(lossy.slice(from, at)).length;
    const isLiteral = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isLiteral) return offset;
    offset += 3;
    from = at + 1;
  }
}
