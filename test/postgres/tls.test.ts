import { execFile, execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnectionConfig, type TlsConfig } from '../../src/postgres/config.js';
import { connect } from '../../src/postgres/connect.js';
import { getError } from '../apply/support.js';
import { startTestServer, type TestServer } from '../support/server.js';

const run = promisify(execFile);

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// Certificates are made with openssl, so that no key lies in the repository.
describe.skipIf(!hasOpenssl())('TLS', () => {
  let folder: string;
  let server: TestServer;
  let ca: string;
  let otherCa: string;

  async function createCa(name: string): Promise<string> {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    await run(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`, ...files],
      { cwd: folder },
    );
    return await readFile(join(folder, `${name}.crt`), 'utf8');
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-tls-'));
    await chmod(folder, 0o755);
    ca = await createCa('ca');
    otherCa = await createCa('other');
    await writeFile(join(folder, 'ext'), 'subjectAltName=DNS:localhost');
    const request = [
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=localhost',
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
    ];
    await run('openssl', request, { cwd: folder });
    const sign = [
      'x509',
      '-req',
      '-in',
      'server.csr',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
    ];
    await run('openssl', [...sign, '-extfile', 'ext', '-out', 'server.crt'], { cwd: folder });
    const key = join(folder, 'server.key');
    await chmod(key, 0o600);
    if (process.getuid?.() === 0) await chown(key, 65534, 65534);
    server = await startTestServer({
      ssl: 'on',
      ssl_cert_file: join(folder, 'server.crt'),
      ssl_key_file: key,
    });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function open(tls: Partial<TlsConfig>, host = '127.0.0.1') {
    const { label: _, ...fields } = server.config;
    const config = createConnectionConfig({ ...fields, password: server.config.password, tls, host });
    return connect(config, { applicationName: 'plinth-test', timeoutMs: 3_000 });
  }

  async function isEncrypted(tls: Partial<TlsConfig>, host?: string): Promise<boolean> {
    const session = await open(tls, host);
    const [row] = await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    await session.close();
    return row!['ssl'] === true;
  }

  test('each mode encrypts as libpq does', async () => {
    expect(await isEncrypted({ mode: 'disable' })).toBe(false);
    expect(await isEncrypted({ mode: 'allow' })).toBe(false);
    expect(await isEncrypted({ mode: 'prefer' })).toBe(true);
    expect(await isEncrypted({ mode: 'require' })).toBe(true);
    expect(await isEncrypted({ mode: 'verify-ca', ca })).toBe(true);
    expect(await isEncrypted({ mode: 'verify-full', ca }, 'localhost')).toBe(true);
  });

  test('TLS from the first byte, where the server knows it', async ({ skip }) => {
    const session = await open({ mode: 'require' });
    await session.close();
    skip(session.serverVersion < 170_000, 'PostgreSQL 17 is the first to know it');
    expect(await isEncrypted({ mode: 'require', direct: true })).toBe(true);
  });

  test('the CA is checked, and with verify-full the name', async () => {
    expect((await getError(open({ mode: 'verify-ca', ca: otherCa }))).code).toBe('TLS_FAILED');
    expect((await getError(open({ mode: 'verify-full', ca }))).code).toBe('TLS_FAILED');
    expect((await getError(open({ mode: 'verify-full', ca: 'system' }, 'localhost'))).code).toBe(
      'TLS_FAILED',
    );
  });

  test('channel binding is demanded where it is asked for', async () => {
    const { label: _, ...fields } = server.config;
    const openBound = (mode: TlsConfig['mode']) => {
      const { password } = server.config;
      const config = createConnectionConfig({
        ...fields,
        password,
        tls: { mode },
        channelBinding: 'require',
      });
      return connect(config, { applicationName: 'plinth-test', timeoutMs: 3_000 });
    };
    await (await openBound('require')).close();
    expect((await getError(openBound('disable'))).code).toBe('TLS_FAILED');
  });

  test('a cancel goes over TLS, too', async () => {
    const session = await open({ mode: 'verify-ca', ca });
    const sleeping = session.query('select pg_sleep(9)').catch((error: unknown) => error);
    await session.cancel();
    expect(await sleeping).toMatchObject({ code: '57014' });
    await session.close();
  });
});
