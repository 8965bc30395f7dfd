import { createHash } from 'node:crypto';
import type { Migration } from '../model/history.js';

/** Whether a text, or the same with other line ends or with a byte order mark before it, has a checksum. */
export function isTextOf(checksum: string, text: string, getChecksum: (text: string) => string): boolean {
  const lf = text.replaceAll('\r\n', '\n');
  const texts = [text, lf, lf.replaceAll('\n', '\r\n')];
  return texts.flatMap((each) => [each, `\uFEFF${each}`]).some((each) => getChecksum(each) === checksum);
}

export const getSha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const getSha384 = (text: string): string => createHash('sha384').update(text).digest('hex');

/** The migration's text with its placeholders replaced. */
export function getReplacedText({ text, substitutions }: Pick<Migration, 'text' | 'substitutions'>): string {
  let from = 0;
  let replaced = '';
  for (const { start, end, text: value } of substitutions) {
    replaced += text.slice(from, start) + value;
    from = end;
  }
  return replaced + text.slice(from);
}

/** Flyway's checksum (ChecksumCalculator.java): CRC-32 over the lines without their ends, as a signed number. */
export function getFlywayChecksum(text: string): number {
  return getCrc32(Buffer.from(text.replace(/\r\n|\r|\n/g, ''))) | 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

// node:zlib has crc32 from Node 22.2 on.
function getCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
