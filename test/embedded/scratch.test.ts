import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/embedded/process-identity.js';
import { getScratchBases } from '../../src/embedded/scratch-folder.js';
import { startEmbedded } from '../../src/embedded/server.js';
import { removeFolder } from '../../src/embedded/sweep.js';
import { hasEnded, startOwner } from './owner.js';
import { query } from './query.js';

async function listFolders(pid: number): Promise<string[]> {
  const bases = await getScratchBases();
  const names = bases.flatMap((base) => readdirSync(base).map((name) => join(base, name)));
  return names.filter((name) => name.includes(`/plinth-scratch-${pid}-`));
}

describe('a scratch server', () => {
  test('answers on its unix socket only, and is gone with its folder after stop', async () => {
    const server = await startEmbedded({
      settings: { track_functions: 'all', 'plinth.note': "it's\\here" },
    });
    const names = [
      'fsync',
      'listen_addresses',
      'track_functions',
      'plinth.note',
      'server_encoding',
      'TimeZone',
    ];
    const settings = names.map((name) => `current_setting('${name}')`).join(', ');
    expect(await query(server.url, `SELECT ${settings}`)).toEqual([
      ['off', '', 'all', "it's\\here", 'UTF8', 'UTC'],
    ]);
    expect(
      await query(
        server.url,
        "SELECT upper('ä'), rolname, rolsuper FROM pg_roles WHERE rolname = current_user",
      ),
    ).toEqual([['Ä', 'postgres', true]]);
    expect(server.version).toMatch(/^18\./);
    expect(server.foundRunning).toBe(false);

    await Promise.all([server.stop(), server.stop()]);
    expect(await hasEnded(server.pid)).toBe(true);
    expect(existsSync(dirname(server.dataDir))).toBe(false);
  });

  test('runs beside others', async () => {
    const servers = await Promise.all([startEmbedded(), startEmbedded()]);
    expect(new Set(servers.map((server) => server.dataDir)).size).toBe(2);
    for (const server of servers) expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
    await Promise.all(servers.map((server) => server.stop()));
  });

  test('that cannot start tells the words of its log, and leaves nothing', async () => {
    const before = await listFolders(process.pid);
    const failure = startEmbedded({ settings: { shared_buffers: 'plenty' } });
    await expect(failure).rejects.toMatchObject({
      code: 'SCRATCH_UNAVAILABLE',
      message: expect.stringContaining('shared_buffers'),
    });
    expect(await listFolders(process.pid)).toEqual(before);
  });

  test.each([0, 100, 300, 420, 460, 500])('leaves nothing when aborted after %i ms', async (ms) => {
    const before = await listFolders(process.pid);
    const failure = await startEmbedded({ signal: AbortSignal.timeout(ms) }).then(
      (server) => server.stop(),
      (error: unknown) => error,
    );
    if (failure !== undefined) expect(failure).toMatchObject({ code: 'ABORTED' });
    expect(await listFolders(process.pid)).toEqual(before);
  });
});

describe('a scratch server whose process', () => {
  test('exits without a word goes with it', async () => {
    const { child, said } = await startOwner(
      `const server = await startEmbedded();
       console.log(JSON.stringify(server));
       setTimeout(() => process.exit(3), 50);`,
      'exit',
    );
    expect(await hasEnded(said.pid)).toBe(true);
    expect(await hasEnded(child.pid!)).toBe(true);
    expect(await listFolders(child.pid!)).toEqual([]);
  });

  test('was killed is swept up by the next start, and a live one is not', async () => {
    const script = 'console.log(JSON.stringify(await startEmbedded())); setInterval(() => {}, 1000);';
    const killed = await startOwner(script, 'killed');
    const alive = await startOwner(script, 'alive');
    try {
      killed.child.kill('SIGKILL');
      expect(await hasEnded(killed.child.pid!)).toBe(true);
      expect(isAlive(killed.said.pid)).toBe(true);

      const server = await startEmbedded();
      await server.stop();
      expect(await hasEnded(killed.said.pid)).toBe(true);
      expect(await listFolders(killed.child.pid!)).toEqual([]);
      expect(await query(alive.said.url, 'SELECT 1')).toEqual([[1]]);
    } finally {
      alive.child.kill('SIGKILL');
      await hasEnded(alive.child.pid!);
      await (await startEmbedded()).stop();
    }
    expect(await hasEnded(alive.said.pid)).toBe(true);
  });
});

test('the sweep stops no process that is not the server of the folder', async () => {
  const folder = join((await getScratchBases())[0]!, 'plinth-scratch-4194304-AAAAAA');
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'data/postmaster.pid'), `${process.pid}\n${join(folder, 'data')}\n`);
  try {
    await (await startEmbedded()).stop();
    expect(existsSync(folder)).toBe(false);
  } finally {
    await removeFolder(folder);
  }
});
