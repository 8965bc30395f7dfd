import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface PgCrypto {
  randomBytes(length: number): Uint8Array;
  md5(text: string): Promise<string> | string;
  postgresMd5PasswordHash(user: string, password: string, salt: Buffer): Promise<string> | string;
  sha256(data: Uint8Array): Promise<ArrayBuffer | Buffer> | Buffer;
  hashByName(name: string, data: Uint8Array): Promise<ArrayBuffer | Buffer> | Buffer;
  hmacSha256(key: Uint8Array, message: string): Promise<ArrayBuffer | Buffer> | Buffer;
  deriveKey(password: string, salt: Uint8Array, iterations: number): Promise<ArrayBuffer | Buffer>;
}

const require = createRequire(import.meta.url);
const theirs = require('pg/lib/crypto/utils.js') as PgCrypto;
const ours = require(join(import.meta.dirname, '../../scripts/pg-crypto.cjs')) as PgCrypto;

test('what the program signs passwords with gives the bytes that pg’s own gives', async () => {
  const text = 'schlüssel ✓';
  const data = Buffer.from(text);
  const salt = Buffer.from([1, 2, 3, 4]);
  const get = async (crypto: PgCrypto): Promise<unknown> => {
    const hex = async (bytes: Promise<ArrayBuffer | Buffer> | Buffer) =>
      Buffer.from((await bytes) as Buffer).toString('hex');
    const names = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
    return {
      md5: await crypto.md5(text),
      password: await crypto.postgresMd5PasswordHash('user', text, salt),
      sha256: await hex(crypto.sha256(data)),
      named: await Promise.all(names.map((name) => hex(crypto.hashByName(name, data)))),
      hmac: await hex(crypto.hmacSha256(data, text)),
      key: await hex(crypto.deriveKey(text, salt, 4096)),
    };
  };
  expect(await get(ours)).toEqual(await get(theirs));
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  expect(ours.randomBytes(18)).toHaveLength(18);
});
