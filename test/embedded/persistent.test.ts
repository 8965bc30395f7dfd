import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getEmbeddedStatus, startEmbedded, stopEmbedded } from '../../src/embedded/server.js';
import { hasEnded, startOwner } from './owner.js';
import { query } from './query.js';

let folder: string;
let dataDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'new/data');
});

afterEach(async () => {
  await stopEmbedded(dataDir);
  await rm(folder, { recursive: true, force: true });
});

describe('a server with a folder', () => {
  test('keeps its data and its port from one start to the next', async () => {
    expect(await getEmbeddedStatus(dataDir)).toEqual({ state: 'absent' });
    const first = await startEmbedded({ dataDir });
    expect(first.url).toBe(`postgresql://postgres@127.0.0.1:${first.port}/postgres`);
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    expect(await getEmbeddedStatus(dataDir)).toMatchObject({
      state: 'running',
      pid: first.pid,
      url: first.url,
    });
    await first.stop();
    expect(await getEmbeddedStatus(dataDir)).toEqual({ state: 'stopped' });
    expect(await hasEnded(first.pid)).toBe(true);

    const second = await startEmbedded({ dataDir });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([[7]]);
    await second.stop();
    await second.stop();
  });

  test('is connected to where it runs already, and left running by who found it', async () => {
    const starts = await Promise.all([1, 2, 3].map(() => startEmbedded({ dataDir })));
    expect(new Set(starts.map((server) => server.pid)).size).toBe(1);
    expect(starts.map((server) => server.foundRunning).sort()).toEqual([false, true, true]);
    for (const server of starts.filter((each) => each.foundRunning)) await server.stop();
    expect(await query(starts[0]!.url, 'SELECT 1')).toEqual([[1]]);
    await starts.find((each) => !each.foundRunning)!.stop();
    expect(await getEmbeddedStatus(dataDir)).toEqual({ state: 'stopped' });
    expect(await stopEmbedded(dataDir)).toBe(false);
  });

  test('recovers after kill -9', async () => {
    const first = await startEmbedded({ dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    process.kill(first.pid, 'SIGKILL');
    expect(await hasEnded(first.pid)).toBe(true);
    expect(await getEmbeddedStatus(dataDir)).toEqual({ state: 'stopped' });
    const second = await startEmbedded({ dataDir });
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([[7]]);
    await second.stop();
  });

  test('takes another port where its own was taken meanwhile', async () => {
    const first = await startEmbedded({ dataDir });
    await first.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(first.port, '127.0.0.1', resolve));
    const second = await startEmbedded({ dataDir });
    expect(second.port).not.toBe(first.port);
    await second.stop();
    await expect(startEmbedded({ dataDir, port: first.port })).rejects.toMatchObject({
      code: 'POSTGRES_NOT_READY',
      message: expect.stringContaining('could not create any TCP/IP sockets'),
    });
    other.close();
  });

  test('can do with its unix socket alone', async () => {
    const server = await startEmbedded({ dataDir, port: 'none' });
    expect(server.socketDir).toBe(server.dataDir);
    expect(await query(server.url, 'SHOW listen_addresses')).toEqual([['']]);
    await server.stop();
  });

  test.each([
    [true, 'stays up'],
    [false, 'ends'],
  ])('detached %s: %s after its process', async (detached) => {
    const options = JSON.stringify({ dataDir, detached });
    const { child, said } = await startOwner(
      `console.log(JSON.stringify(await startEmbedded(${options})));`,
      `detached-${detached}`,
    );
    expect(await hasEnded(child.pid!)).toBe(true);
    if (!detached) expect(await hasEnded(said.pid)).toBe(true);
    if (detached) expect(await query(said.url, 'SELECT 1')).toEqual([[1]]);
    expect(await stopEmbedded(dataDir)).toBe(detached);
    expect(await hasEnded(said.pid)).toBe(true);
  });
});

describe('a folder that cannot be used', () => {
  test.each([
    ['holds other files', 'README', 'holds files, but no PostgreSQL'],
    ['is of another version', 'PG_VERSION', 'made by PostgreSQL 9.6'],
  ])('because it %s is refused and left alone', async (_, file, words) => {
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, file), '9.6\n');
    const refusal = { code: 'POSTGRES_NOT_READY', message: expect.stringContaining(words) };
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject(refusal);
    expect(existsSync(join(dataDir, file))).toBe(true);
    await rm(dataDir, { recursive: true });
  });

  test.runIf(process.getuid?.() === 0)('because the unprivileged user cannot enter it is named', async () => {
    await chmod(folder, 0o700);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      message: expect.stringContaining('may not enter'),
    });
  });
});
