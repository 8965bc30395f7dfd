import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import https, { type RequestOptions } from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCertificate } from '../support/certificate.js';

const DIST = join(import.meta.dirname, '../../dist');
const require = createRequire(import.meta.url);
type Client = { readonly KubeConfig: new () => KubeConfig };
// The build takes parts off the client's package, and loads others late; the sources have all of it.
const BUILDS: readonly (readonly [name: string, load: () => Promise<Client>])[] = [
  ['library', () => import(join(DIST, 'cluster/kubernetes-client.js')) as Promise<Client>],
  [
    'program',
    async () => require(join(DIST, 'cli/cluster.cjs')).getModule('src/cluster/kubernetes-client.ts'),
  ],
];

describe.each(BUILDS)('the client as it is built for the %s', (_name, load) => {
  let folder: string;
  let client: Client;
  const servers: Server[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-client-'));
    client = await load();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const listen = async (server: Server): Promise<number> => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const authorize = async (user: Partial<User>, proxyUrl?: string): Promise<RequestOptions> => {
    const config = new client.KubeConfig();
    const cluster = { name: 'c', server: 'https://cluster.invalid:6443', skipTLSVerify: false };
    const through = proxyUrl === undefined ? cluster : { ...cluster, proxyUrl };
    config.loadFromClusterAndUser(through, { name: 'u', ...user });
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const writeProgram = async (output: object): Promise<string> => {
    const path = join(folder, 'program');
    await writeFile(path, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(output)}\nEND\n`);
    await chmod(path, 0o700);
    return path;
  };

  test('runs exec plugins', async () => {
    const command = await writeProgram({ status: { token: 'of the plugin' } });
    const { headers } = await authorize({ exec: { command } });
    expect(headers).toMatchObject({ Authorization: 'Bearer of the plugin' });
  });

  test('runs a provider’s command, and finds the token in what it prints', async () => {
    const path = await writeProgram({
      credential: { token: 'of the command', until: '2999-01-01T00:00:00Z' },
    });
    const config = {
      'cmd-path': path,
      'token-key': '{.credential.token}',
      'expiry-key': '{.credential.until}',
    };
    const { headers } = await authorize({ authProvider: { name: 'gcp', config } });
    expect(String((headers as Record<string, unknown>)['Authorization'])).toBe('Bearer of the command');
  });

  test('goes by way of a SOCKS proxy', async () => {
    const proxy = createServer();
    const port = await listen(proxy);
    const greeted = once(proxy, 'connection').then(async ([socket]: Socket[]) => {
      const [greeting] = (await once(socket!, 'data')) as [Buffer];
      socket!.destroy();
      return greeting[0];
    });
    const options = await authorize({ token: 'any' }, `socks5h://127.0.0.1:${port}`);
    https.get('https://cluster.invalid:6443/version', options).on('error', () => {});
    expect(await greeted).toBe(5);
  });

  test('asks the issuer of OIDC for a token in place of one that has expired', async () => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const createToken = (claims: object): string =>
      [encode({ alg: 'RS256' }), encode(claims), encode({})].join('.');
    const { certificate, key } = await createCertificate('localhost');
    let issuer = '';
    const now = Math.floor(Date.now() / 1000);
    const fresh = () => createToken({ iss: issuer, aud: 'plinth', sub: 'me', iat: now, exp: now + 600 });
    const server = https.createServer({ cert: certificate, key }, (request, response) => {
      response.setHeader('content-type', 'application/json');
      const isToken = request.method === 'POST' && request.url === '/token';
      const grant = { access_token: 'a', token_type: 'bearer', expires_in: 600, id_token: fresh() };
      response.end(JSON.stringify(isToken ? grant : { issuer, token_endpoint: `${issuer}/token` }));
    });
    issuer = `https://localhost:${await listen(server)}`;
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const config = {
      'idp-issuer-url': issuer,
      'client-id': 'plinth',
      'id-token': createToken({ exp: now - 600 }),
      'refresh-token': 'again',
    };
    const { headers } = await authorize({ authProvider: { name: 'oidc', config } });
    expect(headers).toMatchObject({ Authorization: `Bearer ${fresh()}` });
  });
});
