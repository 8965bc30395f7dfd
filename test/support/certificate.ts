import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM of a certificate that signed itself, valid for two days, and of its key. Made by openssl. */
export async function createCertificate(
  name: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-certificate-'));
  try {
    const asked = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
    const files = ['-addext', `subjectAltName=DNS:${name}`, '-keyout', 'key', '-out', 'crt'];
    await run('openssl', ['req', '-x509', ...asked, ...files], { cwd: folder });
    const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
    return { certificate: await read('crt'), key: await read('key') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
