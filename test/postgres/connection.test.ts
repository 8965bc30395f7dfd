import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPlinthError } from '../../src/errors.js';
import { withDatabase } from '../../src/postgres/config.js';
import { resolveConnection, resolveParameters } from '../../src/postgres/connection.js';
import { renderConnectionUrl } from '../../src/postgres/connection-string.js';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-home-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const resolve = (url?: string, env: Record<string, string> = {}) =>
  resolveConnection({ url, env: { HOME: home, ...env } });

async function getProblems(url: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const error = await resolve(url, env).catch((thrown: unknown) => thrown);
  if (!isPlinthError(error) || error.code !== 'OPTIONS_INVALID') throw error;
  return (error.args as { problems: readonly string[] }).problems;
}

test('a URL', async () => {
  const config = await resolve('postgres://me:s%40crt@db.example:6543/app?sslmode=require&connect_timeout=7');
  expect(config).toMatchObject({
    host: 'db.example',
    port: 6543,
    user: 'me',
    database: 'app',
    password: 's@crt',
    tls: { mode: 'require', ca: null },
    connectTimeoutMs: 7_000,
    label: 'me@db.example:6543/app',
  });
});

test('the password shows up nowhere that a config is printed', async () => {
  const config = await resolve('postgres://me:hush@h/app');
  expect(JSON.stringify(config) + inspect(config, { depth: 9 }) + config.label).not.toContain('hush');
  expect(withDatabase(config, 'other')).toMatchObject({ password: 'hush', label: 'me@h:5432/other' });
});

test('key=value strings, with quotes and escapes', async () => {
  const config = await resolve(
    String.raw`host=h port = 5433 user='o''x' dbname=a\ b`.replace("''", String.raw`\'`),
  );
  expect(config).toMatchObject({ host: 'h', port: 5433, user: "o'x", database: 'a b' });
});

test('the PG variables fill in what the string leaves open', async () => {
  const env = {
    PGHOST: 'eh',
    PGPORT: '1',
    PGUSER: 'eu',
    PGDATABASE: 'ed',
    PGPASSWORD: 'ep',
    PGSSLMODE: 'disable',
    PGOPTIONS: '-c a=b',
  };
  expect(await resolve(undefined, env)).toMatchObject({
    host: 'eh',
    port: 1,
    user: 'eu',
    database: 'ed',
    password: 'ep',
    options: '-c a=b',
    tls: { mode: 'disable' },
  });
  expect(await resolve('postgres://uu@uh', env)).toMatchObject({
    host: 'uh',
    port: 1,
    user: 'uu',
    password: 'ep',
  });
});

test('sockets: as parameter, in the host, and by key', async () => {
  for (const url of [
    'postgres:///app?host=/run/pg',
    'postgres://%2Frun%2Fpg/app',
    'host=/run/pg dbname=app',
  ]) {
    expect(await resolve(url)).toMatchObject({ host: '/run/pg', database: 'app' });
  }
});

test('IPv6, a host without a user, a port without a host', async () => {
  expect(await resolve('postgres://u@[::1]:7/d')).toMatchObject({
    host: '::1',
    port: 7,
    label: 'u@[::1]:7/d',
  });
  expect(await resolve('postgres://u@:7/d')).toMatchObject({ host: 'localhost', port: 7 });
});

test('the search path: options, dbmate’s and Prisma’s way', async () => {
  expect((await resolve('postgres://h/d?options=-c%20search_path%3Dapp')).options).toBe('-c search_path=app');
  expect((await resolve('postgres://h/d?search_path=app,%20public')).options).toBe(
    '-c search_path=app,\\ public',
  );
  expect((await resolve('postgres://h/d?schema=app&pgbouncer=true')).options).toBe('-c search_path=app');
});

test('all problems are told at once, and none repeats what may be a password', async () => {
  expect(
    await getProblems('postgres://h/d?sslmode=on&colour=red&connect_timeout=soon', { PGPORT: '99999' }),
  ).toHaveLength(4);
  for (const url of [
    'postgres://u:se/cret@h/d',
    'postgres://u:se?cret@h/d',
    'postgres://u:se#cret@h/d',
    'secret',
    'mysql://u:cret@h',
    'postgres://u:cret@a,b/d',
    'postgres://u:%zzcret@h/d',
  ]) {
    const problems = await getProblems(url);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join()).not.toContain('cret');
  }
});

test('the password file is read for the right line, and not used where others may read it', async () => {
  const passfile = join(home, 'pass');
  await writeFile(passfile, '# comment\nother:*:*:*:no\nh:5432:app:me:from\\:file\n', { mode: 0o600 });
  const env = { PGPASSFILE: passfile };
  expect(await resolve('postgres://me@h/app', env)).toMatchObject({
    password: 'from:file',
    passwordProblem: null,
  });
  expect(await resolve('postgres://me@h2/app', env)).toMatchObject({ password: null });
  await chmod(passfile, 0o644);
  const open = await resolve('postgres://me@h/app', env);
  expect(open.password).toBeNull();
  expect(open.passwordProblem).toContain('chmod 600');
});

test('TLS as libpq means it', async () => {
  const ca = join(home, 'ca.pem');
  await writeFile(ca, 'PEM');
  expect((await resolve('postgres://h')).tls).toMatchObject({ mode: 'prefer', ca: null });
  expect((await resolve(`postgres://h?sslmode=require&sslrootcert=${ca}`)).tls).toMatchObject({
    mode: 'verify-ca',
    ca: 'PEM',
  });
  expect((await resolve(`postgres://h?sslmode=prefer&sslrootcert=${ca}`)).tls).toMatchObject({
    mode: 'prefer',
    ca: null,
  });
  expect((await resolve('postgres://h?sslrootcert=system')).tls).toMatchObject({
    mode: 'verify-full',
    ca: 'system',
  });
  expect(await getProblems('postgres://h?sslmode=verify-full')).toMatchObject([
    expect.stringContaining('sslrootcert'),
  ]);
  expect(await getProblems('postgres://h?sslmode=verify-ca&sslrootcert=/nope')).toMatchObject([
    expect.stringContaining('ENOENT'),
  ]);
});

test.each([
  'postgres://me:s%40crt%2F@db.example:6543/app?sslmode=require',
  'postgresql://me@[::1]:5432/a%20b?options=-c%20search_path%3Dx',
  "host=/var/run/my-socket user='o''neil' dbname=app".replace("''", "\\'"),
  '',
])('the URL of a neighbouring database of %j leads to the same server', async (url) => {
  const env = { PGHOST: 'elsewhere', PGUSER: 'who', PGPASSWORD: 'p%?' };
  const { config, params } = await resolveParameters({ url, env: { HOME: home, ...env } });
  const again = await resolve(renderConnectionUrl({ ...params, dbname: 'neighbour' }), {
    PGHOST: 'wrong',
    PGUSER: 'wrong',
    PGPASSWORD: 'wrong',
  });
  const { label: _, ...wanted } = withDatabase(config, 'neighbour');
  expect(again).toMatchObject(wanted);
  expect(again.password).toBe(config.password);
});
