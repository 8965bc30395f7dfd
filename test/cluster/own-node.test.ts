import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getClusterFolder, getKubeconfigPath, readRecord } from '../../scripts/cluster/folder.js';
import { findCgroups } from '../../scripts/cluster/own/cgroups.js';
import { getNodeLayout } from '../../scripts/cluster/own/layout.js';
import { findNode, readProcesses } from '../../scripts/cluster/own/running.js';
import { getCluster, hasCluster, loadClient, orNull, waitFor } from '../support/cluster.js';

const ROOT = join(import.meta.dirname, '../..');
const MINUTES = 60_000;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

// Beside the cluster of the other tests: that two of them do not meet is part of the matter.
describe.skipIf(!hasCluster || getCluster().provider !== 'own')('a node of our own', () => {
  let folder: string;
  const node = () => getNodeLayout(folder);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-node-'));
    // What was built for the other one need not be built again.
    for (const name of ['bin', 'images', 'pgbouncer']) {
      const built = join(getClusterFolder(), name);
      if (existsSync(built)) cpSync(built, join(folder, name), { recursive: true, preserveTimestamps: true });
    }
  }, 2 * MINUTES);

  afterAll(async () => {
    await run('down', '--all');
    await rm(folder, { recursive: true, force: true });
  }, 2 * MINUTES);

  const getCommand = (...args: readonly string[]) =>
    ['scripts/run-ts.mjs', 'scripts/cluster/main.ts', ...args] as const;
  const getEnv = (more: Readonly<Record<string, string>> = {}) =>
    ({ ...process.env, PLINTH_CLUSTER_DIR: folder, ...more }) as NodeJS.ProcessEnv;

  async function run(...args: readonly string[]): Promise<Ended> {
    return runWith({}, ...args);
  }

  async function runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
    const options = { cwd: ROOT, env: getEnv(env), maxBuffer: 2 ** 24 };
    const ended = promisify(execFile)(process.execPath, getCommand(...args), options);
    return ended.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
  }

  const up = async (): Promise<Ended> => {
    const ended = await run('up', '--own');
    expect(ended).toMatchObject({ code: 0, stdout: `export KUBECONFIG=${getKubeconfigPath(folder)}\n` });
    return ended;
  };

  /** Processes of this machine that have the folder in their command lines. */
  function findProcesses(): string[] {
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readQuietly(`/proc/${name}/cmdline`).replaceAll('\0', ' '));
    return lines.filter((line) => line.includes(`${folder}/`));
  }

  test(
    'is made once by two who ask at once, and is there for a third',
    async () => {
      await Promise.all([up(), up()]);
      const first = findNode(node());
      await up();
      expect(findNode(node())).toBe(first);
      expect(readProcesses(node()).map(({ restarts }) => restarts)).not.toContain(1);
    },
    10 * MINUTES,
  );

  test(
    'starts again what is killed, and keeps what is in it',
    async () => {
      await (await createApi()).createNamespace({ body: { metadata: { name: 'kept' } } });
      const before = readProcesses(node());
      for (const { pid } of before) process.kill(pid!, 'SIGKILL');
      await waitFor('all to be started again', async () =>
        readProcesses(node()).every(({ pid, restarts }) => pid !== null && restarts > 0) ? true : null,
      );
      await up();
      expect(await orNull((await createApi()).readNamespace({ name: 'kept' }))).not.toBeNull();
    },
    10 * MINUTES,
  );

  test(
    'is made anew, at the same port, when its first process was killed',
    async () => {
      const port = readFileSync(join(folder, 'port'), 'utf8');
      process.kill(findNode(node())!, 'SIGKILL');
      await waitFor('the end', async () => (findNode(node()) === null ? true : null));
      // The kernel ends the others with the first of their namespace, one after another.
      const isAlone = (): boolean => findProcesses().length === 0;
      await waitFor('the end of the others', async () => (isAlone() ? true : null));
      const { code, stdout } = await run('status');
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('the node does not run') });
      await up();
      expect(readFileSync(join(folder, 'port'), 'utf8')).toBe(port);
      expect(await orNull((await createApi()).readNamespace({ name: 'kept' }))).toBeNull();
    },
    10 * MINUTES,
  );

  test(
    'leaves nothing on the machine when it is taken down',
    async () => {
      expect((await run('down')).code).toBe(0);
      expect(findProcesses()).toEqual([]);
      expect(findCgroups(node().cgroup)).toEqual([]);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
      expect(readRecord(folder)).toBeNull();
      expect(readdirSync(folder).sort()).toEqual(['bin', 'images', 'lock', 'pgbouncer', 'port']);
      expect(await run('down')).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('There was no cluster.'),
      });
    },
    10 * MINUTES,
  );

  test(
    'takes another port when its own is taken, and overcomes a start that was killed',
    async () => {
      const port = Number(readFileSync(join(folder, 'port'), 'utf8'));
      const squatter = createServer();
      squatter.listen(port, '127.0.0.1');
      await once(squatter, 'listening');
      try {
        const child = spawn(process.execPath, getCommand('up', '--own'), {
          cwd: ROOT,
          env: getEnv(),
          detached: true,
        });
        await waitFor('the start', async () => (findNode(node()) === null ? null : true));
        process.kill(-child.pid!, 'SIGKILL');
        await up();
        expect(Number(readFileSync(join(folder, 'port'), 'utf8'))).not.toBe(port);
        expect((await (await createApi()).listNode()).items).toHaveLength(1);
      } finally {
        squatter.close();
      }
    },
    10 * MINUTES,
  );

  test(
    'names the component that fails, with what it wrote last',
    async () => {
      expect((await run('down')).code).toBe(0);
      const programs = join(folder, 'bin-broken');
      mkdirSync(programs);
      writeFileSync(join(programs, 'etcd'), '#!/bin/sh\necho the disk is on fire\nexit 7\n', { mode: 0o755 });
      const { code, stderr } = await runWith({ PATH: `${programs}:${process.env['PATH']}` }, 'up', '--own');
      expect(code).toBe(1);
      expect(stderr).toMatch(/the API server does not answer/);
      expect(stderr).toMatch(/etcd was started again \d+ times; the last time it ended with 7/);
      expect(stderr).toContain('the disk is on fire');
      await rm(programs, { recursive: true });
    },
    10 * MINUTES,
  );

  async function createApi(): Promise<CoreV1Api> {
    const client = await loadClient();
    const config = new client.KubeConfig();
    config.loadFromFile(getKubeconfigPath(folder));
    return config.makeApiClient(client.CoreV1Api);
  }
});

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
